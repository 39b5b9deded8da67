"""The mean recall of the classes that occur in the target, beside macro precision and macro F1."""

from __future__ import annotations

import numpy as np

from vandap.evaluate.intervals import MINIMUM_ROWS
from vandap.evaluate.metrics._confusion import ConfusionMetric, present, recall_influence, recalls


class MacroRecall(ConfusionMetric):
    """Mean recall: balanced accuracy, under the name that goes with macro precision."""

    slug = "macro_recall"
    title = "Macro recall"
    rows_per_class = MINIMUM_ROWS

    def of(self, confusion: np.ndarray) -> float:
        """Return the mean recall."""
        return float(recalls(confusion) @ present(confusion))

    def cell_influence(self, confusion: np.ndarray) -> np.ndarray:
        """Return the influence of each cell."""
        return recall_influence(confusion, present(confusion))
