"""The mean F1 of the classes that occur in the target."""

from __future__ import annotations

import numpy as np

from vandap.evaluate.intervals import MINIMUM_ROWS, Interval, Units, arcsine_interval
from vandap.evaluate.metrics._confusion import ConfusionMetric, f1_influence, f1_scores, present


class MacroF1(ConfusionMetric):
    """Mean F1: every class counts the same, and both missing a class and raising it wrongly cost."""

    slug = "macro_f1"
    title = "Macro F1"
    rows_per_class = MINIMUM_ROWS

    def of(self, confusion: np.ndarray) -> float:
        """Return the mean F1."""
        return float(f1_scores(confusion) @ present(confusion))

    def cell_influence(self, confusion: np.ndarray) -> np.ndarray:
        """Return the influence of each cell."""
        return f1_influence(confusion, present(confusion))

    def interval(self, target: np.ndarray, prediction: np.ndarray, value: float, units: Units) -> Interval:
        """Return the interval on the arcsine-root scale."""
        return arcsine_interval(value, units.spread(self.influence(target, prediction)), units)
