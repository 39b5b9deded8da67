"""Metrics that are the mean of one score per example."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from vandap.evaluate.intervals import Interval, Units, skewed_interval
from vandap.evaluate.metric import Metric


class MeanMetric(Metric):
    """The plain mean of a score per example that is at least 0."""

    def value(self, target: np.ndarray, prediction: np.ndarray) -> float:
        """Return the mean score."""
        return float(np.mean(self.each(target, prediction)))

    def influence(self, target: np.ndarray, prediction: np.ndarray) -> np.ndarray:
        """Return each score minus the mean."""
        scores = self.each(target, prediction)
        influence: np.ndarray = scores - scores.mean()
        return influence

    def interval(self, target: np.ndarray, prediction: np.ndarray, value: float, units: Units) -> Interval:
        """Return the skewness-corrected t interval: losses have a long upper tail."""
        width = units.spread(self.influence(target, prediction))
        return skewed_interval(value, width, lowest=0.0)

    @abstractmethod
    def each(self, target: np.ndarray, prediction: np.ndarray) -> np.ndarray:
        """Return the score of each example, shape `(n,)`."""
