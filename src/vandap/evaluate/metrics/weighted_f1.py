"""The mean F1 of the classes, weighted by their true counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vandap.evaluate.intervals import Interval, Units, arcsine_interval
from vandap.evaluate.metrics._confusion import ConfusionMetric, Influence, Tally, f1_influence, f1_scores


class WeightedF1(ConfusionMetric):
    """Mean F1 weighted by support: dominated by the large classes."""

    slug = "weighted_f1"
    title = "Weighted F1"

    def of(self, tally: Tally) -> float:
        """Return the weighted mean F1."""
        return float(f1_scores(tally) @ tally.true / tally.total)

    def parts(self, tally: Tally) -> Influence:
        """Return the influence of an example, which also moves the weight of its own class."""
        parts = f1_influence(tally, tally.true / tally.total)
        return replace(parts, true=parts.true + f1_scores(tally) - self.of(tally))

    def interval(self, target: np.ndarray, prediction: np.ndarray, value: float, units: Units) -> Interval:
        """Return the interval on the arcsine-root scale."""
        return arcsine_interval(value, units.spread(self.influence(target, prediction)), units)
