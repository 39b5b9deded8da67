"""The mean precision of the classes that occur in the target."""

from __future__ import annotations

import numpy as np

from vandap.evaluate.intervals import MINIMUM_ROWS
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
