"""The root mean squared error."""

from __future__ import annotations

import math

import numpy as np

from vandap.evaluate.intervals import Interval, Units, mapped, skewed_interval
from vandap.evaluate.metric import NUMBERS, REGRESSION, Metric


class RootMeanSquaredError(Metric):
    """Root of the mean squared error, in the target's unit; large errors weigh more than in the mean absolute error."""

    slug = "rmse"
    title = "Root mean squared error"
    higher_is_better = False
    tasks = REGRESSION
    bounded = False
    needs = NUMBERS

    def value(self, target: np.ndarray, prediction: np.ndarray) -> float:
        """Return the root of the mean squared error."""
        return float(np.sqrt(np.mean((prediction - target) ** 2)))

    def influence(self, target: np.ndarray, prediction: np.ndarray) -> np.ndarray:
        """Return `(error^2 - mse) / (2 rmse)`."""
        squared = (prediction - target) ** 2
        root = float(np.sqrt(squared.mean()))
        influence: np.ndarray = (squared - squared.mean()) / (2.0 * root) if root > 0 else np.zeros(len(target))
        return influence

    def interval(self, target: np.ndarray, prediction: np.ndarray, value: float, units: Units) -> Interval:
        """Return the root of the mean squared error's skewness-corrected t interval."""
        squared = (prediction - target) ** 2
        width = units.spread(squared - squared.mean())
        return mapped(skewed_interval(float(squared.mean()), width, lowest=0.0), math.sqrt)
