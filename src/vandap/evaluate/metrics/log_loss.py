"""The log loss: how surprised the model is by the true classes."""

from __future__ import annotations

import numpy as np

from vandap.evaluate.intervals import Interval, Units, skewed_interval
from vandap.evaluate.metric import PROBABILITIES
from vandap.evaluate.metrics._means import MeanMetric

EPSILON = 1e-15
"""Probabilities of the true class are raised to this, so that one certain error costs 34.5 nats, not infinity.

It lies above the smallest normal float64 by far, and `1 - EPSILON` still differs from 1.
"""


class LogLoss(MeanMetric):
    """Mean negative log probability of the true class, in nats. Rows are normalised to sum to one first."""

    slug = "log_loss"
    title = "Log loss"
    higher_is_better = False
    bounded = False
    needs = PROBABILITIES

    def each(self, target: np.ndarray, prediction: np.ndarray) -> np.ndarray:
        """Return the loss of each example."""
        true = prediction[np.arange(len(target)), target] / prediction.sum(axis=1)
        losses: np.ndarray = -np.log(np.clip(true, EPSILON, 1.0))
        return losses

    def interval(self, target: np.ndarray, prediction: np.ndarray, value: float, units: Units) -> Interval:
        """Return the skewness-corrected t interval with Satterthwaite's degrees of freedom.

        The loss has no bound, and most of its error may come from the few rows of a rare class.
        """
        return skewed_interval(value, units.spread(self.influence(target, prediction)).cautious(), lowest=0.0)
