"""XGBoost's boosted trees (an extra)."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from vandap.errors import MissingExtraError
from vandap.train._boosting import PATIENCE, BoostedLearner, Curve, Hold, hold_curve, unreadable
from vandap.train._growth import Settings
from vandap.train._problem import Problem

_FILE = "model.ubj"


class XgBoost(BoostedLearner):
    """Histogram boosting, leaf-wise as the other libraries; saved in the library's own binary JSON."""

    slug = "xgboost"
    title = "boosted trees (XGBoost)"
    order = 72
    value_bytes = 16
    extra = "xgboost"

    def warm(self) -> None:
        """See `ScikitLearner.warm`."""
        _library()

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
        """See `BoostedLearner.boost`."""
        library = _library()
        kinds = ["c" if column in problem.categorical else "q" for column in range(x.shape[1])]
        watched = hold is not None and len(hold[1]) > 0
        booster = library.train(
            _parameters(problem, y, settings),
            _matrix(library, problem, kinds, x, y),
            num_boost_round=most,
            evals=[(_matrix(library, problem, kinds, *hold), "hold")] if hold and watched else [],
            early_stopping_rounds=patience if watched else None,
            callbacks=[_deadline(library, deadline)],
            verbose_eval=False,
        )
        curve = hold_curve(lambda inputs, count: _predict(booster, inputs, count), booster.num_boosted_rounds(), hold)
        return booster, curve

    def infer(self, estimator: Any, x: np.ndarray) -> np.ndarray:
        """See `ScikitLearner.infer`."""
        return _predict(estimator, x, estimator.num_boosted_rounds())

    def count(self, estimator: Any) -> int | None:
        """Nodes of all trees."""
        return int(sum(tree.count("\n") for tree in estimator.get_dump()))

    def write(self, estimator: Any, folder: Path) -> None:
        """Write the model."""
        estimator.save_model(folder / _FILE)

    def read(self, folder: Path) -> Any:
        """Read the model.

        Raises:
            MissingExtraError: XGBoost is not installed.
            RunError: The file is missing or damaged.
        """
        library, path = _library(), folder / _FILE
        try:
            return library.Booster(model_file=path)
        except (OSError, library.core.XGBoostError) as error:
            raise unreadable(path, error) from error


def _library() -> Any:
    try:
        import xgboost
    except ImportError:
        raise MissingExtraError("xgboost", "xgboost", "The learner 'xgboost'") from None
    return xgboost


def _predict(booster: Any, x: np.ndarray, iterations: int) -> np.ndarray:
    matrix = _library().DMatrix(x, feature_types=booster.feature_types, enable_categorical=True)
    values = booster.predict(matrix, iteration_range=(0, iterations)).astype(np.float64)
    binary = '"binary:logistic"' in booster.save_config()
    return np.stack([1.0 - values, values], axis=1) if binary else values


def _matrix(library: Any, problem: Problem, kinds: list[str], x: np.ndarray, y: np.ndarray) -> Any:
    return library.DMatrix(x, y, feature_types=kinds, enable_categorical=True, nthread=problem.threads)


def _deadline(library: Any, deadline: float) -> Any:
    class Deadline(library.callback.TrainingCallback):
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            return time.perf_counter() > deadline

    return Deadline()


def _parameters(problem: Problem, y: np.ndarray, settings: Settings) -> dict[str, Any]:
    classes = len(np.unique(y)) if problem.classes else 0
    objective = {0: "reg:squarederror", 2: "binary:logistic"}.get(classes, "multi:softprob")
    return {
        "objective": objective,
        **({"num_class": classes} if classes > 2 else {}),
        "learning_rate": settings["learning_rate"],
        "grow_policy": "lossguide",
        "max_depth": 0,
        "max_leaves": settings["leaves"],
        # a row weighs 1 in the curvature of the squared error, and at most 1/4 in that of the log loss
        "min_child_weight": settings["least_leaf"] / (4.0 if problem.classes else 1.0),
        "lambda": settings["l2"],
        "colsample_bynode": settings["features"],
        "tree_method": "hist",
        "nthread": problem.threads,
        "seed": problem.seed,
        "verbosity": 0,
    }
