"""LightGBM's boosted trees (an extra)."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from vandap.errors import MissingExtraError
from vandap.train._boosting import PATIENCE, BoostedLearner, Curve, Hold, hold_curve, unreadable
from vandap.train._growth import Settings
from vandap.train._problem import SERIAL_VALUES, Problem

_FILE = "model.txt"


class LightGbm(BoostedLearner):
    """Leaf-wise boosting; saved in the library's own text format."""

    slug = "lightgbm"
    title = "boosted trees (LightGBM)"
    order = 71
    value_bytes = 8
    extra = "lightgbm"

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
        parameters = _parameters(problem, y, settings)
        data = library.Dataset(x, y, params=dict(parameters), categorical_feature=list(problem.categorical))
        watched = hold is not None and len(hold[1]) > 0
        callbacks = [_deadline(library, deadline)]
        if watched:
            callbacks.append(library.early_stopping(patience, verbose=False))
        booster = library.train(
            parameters,
            data,
            num_boost_round=most,
            valid_sets=[_reference(library, data, hold)] if hold and watched else None,
            callbacks=callbacks,
        )
        curve = hold_curve(lambda inputs, count: _predict(booster, inputs, count), booster.current_iteration(), hold)
        return library.Booster(model_str=booster.model_to_string(num_iteration=-1)), curve

    def infer(self, estimator: Any, x: np.ndarray) -> np.ndarray:
        """See `ScikitLearner.infer`."""
        return _predict(estimator, x, -1)

    def count(self, estimator: Any) -> int | None:
        """Leaves and cuts of all trees."""
        leaves = sum(tree["num_leaves"] for tree in estimator.dump_model()["tree_info"])
        return int(2 * leaves - estimator.num_trees())

    def write(self, estimator: Any, folder: Path) -> None:
        """Write the model as text."""
        (folder / _FILE).write_text(estimator.model_to_string(), "utf-8")

    def read(self, folder: Path) -> Any:
        """Read the model.

        Raises:
            MissingExtraError: LightGBM is not installed.
            RunError: The file is missing or damaged.
        """
        library, path = _library(), folder / _FILE
        try:
            return library.Booster(model_str=path.read_text("utf-8"))
        except (OSError, library.basic.LightGBMError) as error:
            raise unreadable(path, error) from error


def _library() -> Any:
    try:
        import lightgbm
    except ImportError:
        raise MissingExtraError("lightgbm", "lightgbm", "The learner 'lightgbm'") from None
    return lightgbm


def _predict(booster: Any, x: np.ndarray, iterations: int) -> np.ndarray:
    values = np.asarray(booster.predict(x, num_iteration=iterations, num_threads=1 if x.size <= SERIAL_VALUES else 0))
    binary = booster.dump_model(num_iteration=1)["objective"].startswith("binary")
    return np.stack([1.0 - values, values], axis=1) if binary else values


def _reference(library: Any, data: Any, hold: Hold) -> Any:
    """Held-out rows binned like `data`, whose parameters gain an entry when it is built."""
    data.construct()
    return library.Dataset(
        *hold, reference=data, params=data.get_params(), categorical_feature=data.categorical_feature
    )


def _deadline(library: Any, deadline: float) -> Any:
    def stop(environment: Any) -> None:
        if time.perf_counter() > deadline:
            results = environment.evaluation_result_list
            raise library.callback.EarlyStopException(environment.iteration, results)

    return stop


def _parameters(problem: Problem, y: np.ndarray, settings: Settings) -> dict[str, Any]:
    classes = len(np.unique(y)) if problem.classes else 0
    objective = {0: "regression", 2: "binary"}.get(classes, "multiclass")
    return {
        "objective": objective,
        "num_class": classes if classes > 2 else 1,
        "learning_rate": settings["learning_rate"],
        "num_leaves": settings["leaves"],
        "min_data_in_leaf": settings["least_leaf"],
        "lambda_l2": settings["l2"],
        "feature_fraction_bynode": settings["features"],
        "num_threads": problem.threads,
        "seed": problem.seed,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
