"""Logistic regression and ridge regression."""

from __future__ import annotations

from typing import Any

import numpy as np

from vandap.train._growth import Settings
from vandap.train._problem import Problem
from vandap.train._sklearn import ScikitLearner

PENALTIES = (1.0, 10.0, 0.1, 100.0)
"""Weights of the squared coefficients, as in `Ridge(alpha)` and `LogisticRegression(C=1 / penalty)`."""

STEPS = 200


class Linear(ScikitLearner):
    """A linear model with a squared penalty; its weight is chosen on hold-outs."""

    slug = "linear"
    title = "linear model"
    order = 10
    value_bytes = 8

    def candidates(self, problem: Problem) -> tuple[Settings, ...]:
        """See `ScikitLearner.candidates`."""
        return tuple({"penalty": penalty} for penalty in PENALTIES)

    def train(self, problem: Problem, x: np.ndarray, y: np.ndarray, settings: Settings) -> Any:
        """See `ScikitLearner.train`."""
        from sklearn.linear_model import LogisticRegression, Ridge

        if problem.classes == 0:
            return Ridge(alpha=settings["penalty"], random_state=problem.seed).fit(x, y)
        return LogisticRegression(C=1.0 / settings["penalty"], max_iter=STEPS).fit(x, y)

    def count(self, estimator: Any) -> int | None:
        """Coefficients and intercepts."""
        return int(np.size(estimator.coef_) + np.size(estimator.intercept_))
