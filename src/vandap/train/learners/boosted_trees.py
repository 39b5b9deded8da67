"""Scikit-learn's histogram gradient boosting."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from vandap.train._boosting import CHUNK, PATIENCE, BoostedLearner, Curve, Hold, hold_loss
from vandap.train._growth import Settings
from vandap.train._problem import Problem


class BoostedTrees(BoostedLearner):
    """Gradient boosting of trees on binned features; categories are split as sets, gaps have their own side."""

    slug = "boosted-trees"
    title = "boosted trees (scikit-learn)"
    order = 70

    def boost(
        self,
        problem: Problem,
        x: np.ndarray,
        y: np.ndarray,
        settings: Settings,
        most: int,
        hold: Hold | None = None,
        deadline: float = np.inf,
    ) -> tuple[Any, Curve]:
        """See `BoostedLearner.boost`. Grows in chunks, so that the clock and the hold-out are looked at in between."""
        model = _estimator(problem, settings)
        curve: Curve = []
        for count in [*range(CHUNK, most, CHUNK), most]:
            model.set_params(max_iter=count).fit(x, y)
            if hold is not None and len(hold[1]):
                predicted = model.predict(hold[0]) if problem.classes == 0 else model.predict_proba(hold[0])
                curve.append((count, hold_loss(predicted, hold[1])))
            else:
                curve.append((count, 0.0))
            best = min(curve, key=lambda point: point[1])[0]
            if (hold is not None and count - best >= PATIENCE) or time.perf_counter() > deadline:
                break
        return model, curve

    def count(self, estimator: Any) -> int | None:
        """Nodes of all trees."""
        return int(sum(len(tree.nodes) for trees in estimator._predictors for tree in trees))


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
