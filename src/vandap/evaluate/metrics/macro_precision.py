"""The mean precision of the classes that occur in the target."""

from __future__ import annotations

import math

import numpy as np

from vandap.evaluate.confusion import confusion_matrix
from vandap.evaluate.intervals import MINIMUM_ROWS, Interval, Units
from vandap.evaluate.metrics._confusion import ConfusionMetric, precision_influence, precisions, present


class MacroPrecision(ConfusionMetric):
    """Mean precision; a class that is never predicted counts 0."""

    slug = "macro_precision"
    title = "Macro precision"
    rows_per_class = MINIMUM_ROWS

    def of(self, confusion: np.ndarray) -> float:
        """Return the mean precision."""
        return float(precisions(confusion) @ present(confusion))

    def cell_influence(self, confusion: np.ndarray) -> np.ndarray:
        """Return the influence of each cell."""
        return precision_influence(confusion, present(confusion))

    def interval(self, target: np.ndarray, prediction: np.ndarray, value: float, units: Units) -> Interval:
        """Return the interval on the logit scale; none where a class is predicted too seldom to show its errors."""
        confusion = confusion_matrix(target, prediction)
        if confusion.sum(axis=0)[confusion.sum(axis=1) > 0].min() < MINIMUM_ROWS:
            return Interval(math.nan, math.nan, f"no interval: a class is predicted fewer than {MINIMUM_ROWS} times")
        return super().interval(target, prediction, value, units)
