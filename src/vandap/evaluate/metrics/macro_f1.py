"""The mean F1 of the classes that occur in the target."""

from __future__ import annotations

import numpy as np

from vandap.evaluate.intervals import MINIMUM_ROWS, Interval, Units, arcsine_interval
from vandap.evaluate.metrics._confusion import ConfusionMetric, Influence, Tally, f1_influence, f1_scores, present


class MacroF1(ConfusionMetric):
    """Mean F1: every class counts the same, and both missing a class and raising it wrongly cost."""

    slug = "macro_f1"
    title = "Macro F1"
    rows_per_class = MINIMUM_ROWS

    def of(self, tally: Tally) -> float:
        """Return the mean F1."""
        return float(f1_scores(tally) @ present(tally))

    def parts(self, tally: Tally) -> Influence:
        """Return the influence of an example."""
        return f1_influence(tally, present(tally))

    def interval(self, target: np.ndarray, prediction: np.ndarray, value: float, units: Units) -> Interval:
        """Return the interval on the arcsine-root scale."""
        return arcsine_interval(value, units.spread(self.influence(target, prediction)), units)
