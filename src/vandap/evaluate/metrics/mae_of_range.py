"""The mean absolute error against the target's range."""

from __future__ import annotations

import numpy as np

from vandap.evaluate.metric import NUMBERS, REGRESSION
from vandap.evaluate.metrics._means import MeanMetric
from vandap.evaluate.metrics._numbers import varies


class MeanAbsoluteErrorOfRange(MeanMetric):
    """Mean absolute error over the range (highest minus lowest) of the targets of the part.

    The range is taken as given: the interval is that of the mean absolute error.
    """

    slug = "mae_of_range"
    title = "Mean absolute error / target range"
    higher_is_better = False
    tasks = REGRESSION
    bounded = False
    needs = NUMBERS

    def each(self, target: np.ndarray, prediction: np.ndarray) -> np.ndarray:
        """Return the absolute error of each example over the range."""
        span = float(np.ptp(target)) if varies(target) else np.nan
        errors: np.ndarray = np.abs(prediction - target) / span
        return errors

    def undefined(self, target: np.ndarray, prediction: np.ndarray) -> str:
        """Return a reason where all targets are the same."""
        return "" if varies(target) else "all targets of the part are the same number, so their range is zero"
