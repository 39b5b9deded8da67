"""The mean recall of the classes that occur in the target."""

from __future__ import annotations

import numpy as np

from vandap.evaluate.intervals import MINIMUM_ROWS
from vandap.evaluate.metrics._confusion import ConfusionMetric, present, recall_influence, recalls


class BalancedAccuracy(ConfusionMetric):
    """Mean recall: every class counts the same. Chance is one over the number of classes (Brodersen et al. 2010)."""

    slug = "balanced_accuracy"
    title = "Balanced accuracy"
    rows_per_class = MINIMUM_ROWS

    def of(self, confusion: np.ndarray) -> float:
        """Return the mean recall."""
        return float(recalls(confusion) @ present(confusion))

    def cell_influence(self, confusion: np.ndarray) -> np.ndarray:
        """Return the influence of each cell."""
        return recall_influence(confusion, present(confusion))
