"""Scikit-learn's histogram gradient boosting."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

import numpy as np

from vandap.train._boosting import CHUNK, PATIENCE, BoostedLearner, Curve, Hold
from vandap.train._growth import Settings
from vandap.train._hold import hold_loss
from vandap.train._problem import Problem


class BoostedTrees(BoostedLearner):
    """Gradient boosting of trees on binned features; categories are split as sets, gaps have their own side."""

    slug = "boosted-trees"
    title = "boosted trees (scikit-learn)"
    order = 70
    value_bytes = 24

    def boost(
        self,
        problem: Problem,
        x: np.ndarray,
        y: np.ndarray,
        settings: Settings,
        most: int,
        hold: Hold | None = None,
        deadline: float = np.inf,
        patience: int = PATIENCE,
    ) -> tuple[Any, Curve]:
        """See `BoostedLearner.boost`. Grows in chunks, to look at the clock and the hold-out in between."""
        model, x = _estimator(problem, settings), _without_empty(x)
        curve: Curve = []
        unwatched = hold is None and math.isinf(deadline)
        for count in [most] if unwatched else [*range(CHUNK, most, CHUNK), most]:
            model.set_params(max_iter=count).fit(x, y)
            watched = hold is not None and len(hold[1]) > 0
            curve.append((count, hold_loss(self.infer(model, hold[0]), hold[1]) if hold and watched else 0.0))
            best = min(curve, key=lambda point: point[1])[0]
            if (hold is not None and count - best >= patience) or time.perf_counter() > deadline:
                break
        return model, curve

    def write(self, estimator: Any, folder: Path) -> None:
        """See `ScikitLearner.write`."""
        if estimator._preprocessor is not None:
            _forget_function(estimator)
        super().write(estimator, folder)

    def count(self, estimator: Any) -> int | None:
        """Nodes of all trees."""
        return int(sum(len(tree.nodes) for trees in estimator._predictors for tree in trees))


def _forget_function(estimator: Any) -> None:
    """Take the input check, a function, out of the step that encodes categories: files hold no functions.

    The check casts numbers to float64, as joining them with the encoded categories does.
    """
    steps = estimator._preprocessor
    for transformers in (steps.transformers, steps.transformers_):
        for _, step, _ in transformers:
            if hasattr(step, "func"):
                step.func = None


def _without_empty(x: np.ndarray) -> np.ndarray:
    """Give columns without any value one, as scikit-learn cannot bin them; no tree ever splits a constant."""
    empty = np.isnan(x).all(axis=0)
    return np.where(empty, np.float32(0.0), x) if empty.any() else x


def _estimator(problem: Problem, settings: Settings) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingClassifier if problem.classes else HistGradientBoostingRegressor
    return kind(
        learning_rate=settings["learning_rate"],
        max_leaf_nodes=settings["leaves"],
        min_samples_leaf=settings["least_leaf"],
        l2_regularization=settings["l2"],
        max_features=settings["features"],
        categorical_features=list(problem.categorical) or None,
        early_stopping=False,
        warm_start=True,
        random_state=problem.seed,
    )
