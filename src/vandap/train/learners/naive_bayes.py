"""Naive Bayes: a normal distribution for each number, a table of shares for each category."""

from __future__ import annotations

from typing import Any

import numpy as np

from vandap.core.task import Task
from vandap.train._growth import Settings
from vandap.train._problem import Problem
from vandap.train._sklearn import ScikitLearner

SMOOTHINGS = (1e-6, 1e-3, 1e-2, 1e-1)
"""Added variance, as a share of the largest variance of any feature."""


LEAST_VARIANCE = 1e-9
"""Where all features are constant the smoothing, a share of their largest variance, is 0 as well."""


class NaiveBayes(ScikitLearner):
    """Gaussian naive Bayes on scaled numbers and one-hot categories."""

    slug = "naive-bayes"
    title = "naive Bayes"
    order = 20
    value_bytes = 8

    def fits(self, kind: str, task: Task) -> bool:
        """Classification of anything."""
        return task.is_classification

    def candidates(self, problem: Problem) -> tuple[Settings, ...]:
        """See `ScikitLearner.candidates`."""
        return tuple({"smoothing": smoothing} for smoothing in SMOOTHINGS)

    def train(self, problem: Problem, x: np.ndarray, y: np.ndarray, settings: Settings) -> Any:
        """See `ScikitLearner.train`."""
        from sklearn.naive_bayes import GaussianNB

        model = GaussianNB(var_smoothing=settings["smoothing"]).fit(x, y)
        model.var_ = np.maximum(model.var_, LEAST_VARIANCE)
        return model

    def count(self, estimator: Any) -> int | None:
        """Means, variances and class shares."""
        return int(estimator.theta_.size + estimator.var_.size + estimator.class_prior_.size)
