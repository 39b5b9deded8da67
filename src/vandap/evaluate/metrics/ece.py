"""The expected calibration error: how far stated probabilities lie from observed frequencies."""

from __future__ import annotations

import numpy as np

from vandap.evaluate.bins import bins, calibration_error, confidence
from vandap.evaluate.metric import PROBABILITIES, Metric


class ExpectedCalibrationError(Metric):
    """Mean distance between stated probability and observed frequency over equal-mass bins (Naeini et al. 2015).

    Binary tasks: of class 1. More classes: of the most probable class. The measure is biased upwards (a perfectly
    calibrated model scores above 0 on finite data), so it has no interval: compare it with `null95`, its 95 % quantile
    under perfect calibration.
    """

    slug = "ece"
    title = "Expected calibration error"
    higher_is_better = False
    needs = PROBABILITIES
    has_interval = False

    def value(self, target: np.ndarray, prediction: np.ndarray) -> float:
        """Return the calibration error."""
        return calibration_error(*confidence(target, prediction))

    def influence(self, target: np.ndarray, prediction: np.ndarray) -> np.ndarray:
        """Return, for each example, its gap in the direction of its bin's gap, minus the mean."""
        stated, hit = confidence(target, prediction)
        code = bins(stated)
        gap = stated - hit
        direction = np.sign(np.bincount(code, weights=gap))[code]
        influence: np.ndarray = gap * direction - float(np.mean(gap * direction))
        return influence
