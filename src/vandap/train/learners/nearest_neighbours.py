"""The nearest neighbours in scaled features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from vandap.train._growth import Losses, Settings
from vandap.train._problem import Problem
from vandap.train._sklearn import ScikitLearner

NEIGHBOURS = (1, 3, 5, 10, 20, 40)


class NearestNeighbours(ScikitLearner):
    """Votes of the nearest neighbours, weighted by closeness; their number is chosen on hold-outs.

    Args of an estimator: a dictionary of the scikit-learn model and the shares of the classes. The shares count as one
    further neighbour, so that a unanimous vote of five is no certainty.
    """

    slug = "nearest-neighbours"
    title = "nearest neighbours"
    order = 30
    most_rows = 50_000

    def candidates(self, problem: Problem) -> tuple[Settings, ...]:
        """One candidate: a single search for the most neighbours judges every smaller number."""
        return ({"neighbours": 5},)

    def needs_trial(self, problem: Problem, candidates: Sequence[Settings], given: Settings) -> bool:
        """See `ScikitLearner.needs_trial`."""
        return not given

    def trial(self, problem: Problem, settings: Settings, fit: np.ndarray, hold: np.ndarray) -> Losses:
        """See `ScikitLearner.trial`."""
        numbers = [number for number in NEIGHBOURS if number <= len(fit)]
        model = self.trained(problem, problem.x[fit], problem.y[fit], {"neighbours": numbers[-1]})
        if model.estimator is None:
            return [(settings, 0.0)]
        losses: Losses = []
        for number in numbers:
            model.estimator["model"].n_neighbors = number
            predicted = self.predicted(model, problem.x[hold], problem.classes)
            losses.append(({"neighbours": number}, self.loss(problem, predicted, hold)))
        return losses

    def train(self, problem: Problem, x: np.ndarray, y: np.ndarray, settings: Settings) -> Any:
        """See `ScikitLearner.train`."""
        from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

        kind = KNeighborsClassifier if problem.classes else KNeighborsRegressor
        number = min(settings["neighbours"], len(x))
        model = kind(number, weights="distance", algorithm="brute", n_jobs=problem.threads)
        prior = np.bincount(y) / len(y) if problem.classes else np.zeros(0)
        return {"model": model.fit(x, y), "prior": prior}

    def infer(self, estimator: Any, x: np.ndarray) -> np.ndarray:
        """See `ScikitLearner.infer`."""
        model = estimator["model"]
        if not len(estimator["prior"]):
            return model.predict(x)
        return (model.n_neighbors * model.predict_proba(x) + estimator["prior"]) / (model.n_neighbors + 1)

    def count(self, estimator: Any) -> int | None:
        """The stored training values."""
        model = estimator["model"]
        return int(model.n_samples_fit_ * model.n_features_in_)
