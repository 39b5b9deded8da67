"""The mean recall, which goes by two names."""

from __future__ import annotations

import numpy as np

from vandap.evaluate.intervals import MINIMUM_ROWS, Interval, Units, logit_interval
from vandap.evaluate.metrics._confusion import ConfusionMetric, Influence, Tally, present, recall_influence, recalls


class MeanRecall(ConfusionMetric):
    """Mean recall of the classes that occur."""

    rows_per_class = MINIMUM_ROWS

    def of(self, tally: Tally) -> float:
        """Return the mean recall."""
        return float(recalls(tally) @ present(tally))

    def parts(self, tally: Tally) -> Influence:
        """Return the influence of an example."""
        return recall_influence(tally, present(tally))

    def interval(self, target: np.ndarray, prediction: np.ndarray, value: float, units: Units) -> Interval:
        """Return the interval on the logit scale.

        With twice Satterthwaite's degrees of freedom: these are for normal contributions, while hits and misses have
        no tails, so that their variance is known better (measured, `docs/decisions/0004-intervals.md`).
        """
        width = units.spread(self.influence(target, prediction)).cautious(2.0)
        return logit_interval(value, width, units)
