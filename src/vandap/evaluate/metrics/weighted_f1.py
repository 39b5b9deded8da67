"""The mean F1 of the classes, weighted by their true counts."""

from __future__ import annotations

import numpy as np

from vandap.evaluate.intervals import Interval, Units, arcsine_interval
from vandap.evaluate.metrics._confusion import ConfusionMetric, f1_influence, f1_scores


class WeightedF1(ConfusionMetric):
    """Mean F1 weighted by support: dominated by the large classes."""

    slug = "weighted_f1"
    title = "Weighted F1"

    def of(self, confusion: np.ndarray) -> float:
        """Return the weighted mean F1."""
        return float(f1_scores(confusion) @ confusion.sum(axis=1) / confusion.sum())

    def cell_influence(self, confusion: np.ndarray) -> np.ndarray:
        """Return the influence of each cell; an example also moves the weight of its own class."""
        share = confusion.sum(axis=1) / confusion.sum()
        return f1_influence(confusion, share) + (f1_scores(confusion) - self.of(confusion))[:, None]

    def interval(self, target: np.ndarray, prediction: np.ndarray, value: float, units: Units) -> Interval:
        """Return the interval on the arcsine-root scale."""
        return arcsine_interval(value, units.spread(self.influence(target, prediction)), units)
