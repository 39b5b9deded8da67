"""The mean absolute error."""

from __future__ import annotations

import numpy as np

from vandap.evaluate.metric import NUMBERS, REGRESSION
from vandap.evaluate.metrics._means import MeanMetric


class MeanAbsoluteError(MeanMetric):
    """Mean distance between prediction and target, in the target's unit."""

    slug = "mae"
    title = "Mean absolute error"
    higher_is_better = False
    tasks = REGRESSION
    bounded = False
    needs = NUMBERS

    def each(self, target: np.ndarray, prediction: np.ndarray) -> np.ndarray:
        """Return the absolute error of each example."""
        errors: np.ndarray = np.abs(prediction - target)
        return errors
