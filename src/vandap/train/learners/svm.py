"""A support vector machine with a Gaussian kernel."""

from __future__ import annotations

from typing import Any

import numpy as np

from vandap.train._growth import Losses, Settings
from vandap.train._problem import Problem
from vandap.train._sklearn import ScikitLearner
from vandap.train.preprocess import blocks

COSTS = (1.0, 10.0, 0.1, 100.0)
CALIBRATION_FOLDS = 3


class Svm(ScikitLearner):
    """Gaussian kernel; the cost of an error is chosen on hold-outs.

    An estimator for classes is a dictionary of the machine and a logistic regression from its decision values, taken on
    rows it was not fitted on, to probabilities (Platt 1999, for several classes at once).
    """

    slug = "svm"
    title = "support vector machine"
    order = 60
    most_rows = 5_000
    first_rows = 1_000

    def candidates(self, problem: Problem) -> tuple[Settings, ...]:
        """See `ScikitLearner.candidates`."""
        return tuple({"cost": cost} for cost in COSTS)

    def trial(self, problem: Problem, settings: Settings, fit: np.ndarray, hold: np.ndarray) -> Losses:
        """For classes, decision values are calibrated on the held-out rows themselves: few parameters."""
        if problem.classes == 0:
            return super().trial(problem, settings, fit, hold)
        classes, codes = np.unique(problem.y, return_inverse=True)
        values = _decide(problem, settings, codes[fit], problem.x[fit], problem.x[hold], len(classes))
        truth = codes[hold]
        if len(np.unique(truth)) < 2:
            return [(settings, 0.0)]
        calibration = _calibrate(values, truth)
        predicted = np.zeros((len(hold), problem.classes))
        predicted[:, classes[calibration.classes_]] = calibration.predict_proba(values)
        return [(settings, self.loss(problem, predicted, hold))]

    def train(self, problem: Problem, x: np.ndarray, y: np.ndarray, settings: Settings) -> Any:
        """See `ScikitLearner.train`."""
        from sklearn.svm import SVR

        if problem.classes == 0:
            return SVR(C=settings["cost"], epsilon=0.05).fit(x, y)
        classes = int(y.max()) + 1
        values = np.zeros((len(y), classes))
        folds = problem.folds[: len(y)] % CALIBRATION_FOLDS
        for fold in range(CALIBRATION_FOLDS):
            hold = folds == fold
            if 0 < hold.sum() < len(y):
                values[hold] = _decide(problem, settings, y[~hold], x[~hold], x[hold], classes)
        return {"machine": _machine(settings).fit(x, y), "calibration": _calibrate(values, y)}

    def infer(self, estimator: Any, x: np.ndarray) -> np.ndarray:
        """See `ScikitLearner.infer`."""
        if not isinstance(estimator, dict):
            return estimator.predict(x)
        machine, calibration = estimator["machine"], estimator["calibration"]
        return calibration.predict_proba(_columns(machine, x, len(machine.classes_)))

    def count(self, estimator: Any) -> int | None:
        """Values of the support vectors, and their weights."""
        machine = estimator["machine"] if isinstance(estimator, dict) else estimator
        return int(machine.support_vectors_.size + machine.dual_coef_.size)


def _machine(settings: Settings) -> Any:
    from sklearn.svm import SVC

    return SVC(C=settings["cost"], cache_size=200)


def _calibrate(values: np.ndarray, truth: np.ndarray) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=500).fit(values, truth)


def _decide(
    problem: Problem, settings: Settings, codes: np.ndarray, x: np.ndarray, held: np.ndarray, classes: int
) -> np.ndarray:
    """Decision values of `held` by a machine fitted on `x`; shape `(n, classes)`."""
    if len(np.unique(codes)) < 2:
        return np.zeros((len(held), classes))
    return _columns(_machine(settings).fit(x, codes), held, classes)


def _columns(machine: Any, x: np.ndarray, classes: int) -> np.ndarray:
    """One decision value for each class; classes that the machine never saw get its lowest.

    scikit-learn makes one value for each pair of classes first, so the rows are taken in blocks.
    """
    pairs = len(machine.classes_) * (len(machine.classes_) - 1) // 2
    values = np.concatenate([machine.decision_function(x[part]) for part in blocks(np.arange(len(x)), pairs)])
    if values.ndim == 1:
        values = np.stack([-values, values], axis=1)
    result = np.repeat(values.min(axis=1, keepdims=True), classes, axis=1)
    result[:, machine.classes_] = values
    return result
