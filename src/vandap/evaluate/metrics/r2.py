"""The coefficient of determination: skill against predicting the mean."""

from __future__ import annotations

import numpy as np

from vandap.evaluate.intervals import Interval, Units, ratio_interval
from vandap.evaluate.metric import NUMBERS, REGRESSION, Metric
from vandap.evaluate.metrics._numbers import varies


class R2(Metric):
    """One minus the squared error over the variance of the target: 1 is perfect, 0 as good as the part's mean."""

    slug = "r2"
    title = "R2"
    tasks = REGRESSION
    bounded = False
    needs = NUMBERS

    def value(self, target: np.ndarray, prediction: np.ndarray) -> float:
        """Return R2; NaN where the targets do not vary."""
        if not varies(target):
            return float("nan")
        return 1.0 - float(np.mean((prediction - target) ** 2)) / float(np.mean((target - target.mean()) ** 2))

    def influence(self, target: np.ndarray, prediction: np.ndarray) -> np.ndarray:
        """Return `((1 - R2) (target - mean)^2 - error^2) / variance`."""
        squared = (prediction - target) ** 2
        deviation = (target - target.mean()) ** 2
        influence: np.ndarray = (squared.mean() / deviation.mean() * deviation - squared) / deviation.mean()
        return influence

    def undefined(self, target: np.ndarray, prediction: np.ndarray) -> str:
        """Return a reason where all targets are the same."""
        return "" if varies(target) else "all targets of the part are the same number, so nothing varies to explain"

    def interval(self, target: np.ndarray, prediction: np.ndarray, value: float, units: Units) -> Interval:
        """Return one minus Fieller's interval of squared error over variance."""
        low, high = ratio_interval((prediction - target) ** 2, (target - target.mean()) ** 2, units)
        return Interval(1.0 - high, min(1.0 - low, 1.0), "fieller")
