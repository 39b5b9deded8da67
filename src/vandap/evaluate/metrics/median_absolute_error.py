"""The median absolute error."""

from __future__ import annotations

import numpy as np
from scipy import stats

from vandap.evaluate.intervals import Interval, Units
from vandap.evaluate.metric import NUMBERS, REGRESSION, Metric

REPETITIONS = 1000


class MedianAbsoluteError(Metric):
    """Median distance between prediction and target, in the target's unit: half of the errors are smaller."""

    slug = "median_absolute_error"
    title = "Median absolute error"
    higher_is_better = False
    tasks = REGRESSION
    bounded = False
    needs = NUMBERS

    def value(self, target: np.ndarray, prediction: np.ndarray) -> float:
        """Return the median absolute error."""
        return float(np.median(np.abs(prediction - target)))

    def influence(self, target: np.ndarray, prediction: np.ndarray) -> np.ndarray:
        """Return `(1[error > median] - 1/2) / density`, the density measured between nearby order statistics.

        The window is the 95 % interval of the median's rank (Price and Bonett 2001, "Estimating the variance of the
        sample median"), so that the standard error agrees with the distribution-free interval.
        """
        errors = np.abs(prediction - target)
        count = len(errors)
        half = 0.98 * np.sqrt(count)
        low, high = np.quantile(errors, np.clip([0.5 - half / count, 0.5 + half / count], 0.0, 1.0))
        sign = np.sign(errors - np.median(errors))
        influence: np.ndarray = (sign - sign.mean()) * (high - low) * count / (4.0 * half)
        return influence

    def interval(self, target: np.ndarray, prediction: np.ndarray, value: float, units: Units) -> Interval:
        """Return the distribution-free interval of order statistics; with groups a bootstrap.

        The ranks are the 2.5 % quantile of a fair coin's count and its mirror (David and Nagaraja 2003, section 7.1).
        """
        if units.codes is not None:
            low, high = _group_bootstrap(np.abs(prediction - target), units.codes, units.count, units.seed)
            return Interval(low, high, "group bootstrap")
        errors = np.sort(np.abs(prediction - target))
        rank = max(int(stats.binom.ppf(0.025, len(errors), 0.5)) - 1, 0)
        return Interval(float(errors[rank]), float(errors[-1 - rank]), "order statistics")


def _group_bootstrap(errors: np.ndarray, codes: np.ndarray, groups: int, seed: int) -> tuple[float, float]:
    """Return the 2.5 and 97.5 % quantiles of the median over resampled groups."""
    order = np.argsort(errors)
    in_order, codes = errors[order], codes[order]
    generator = np.random.default_rng(seed)
    medians = np.empty(REPETITIONS)
    for repetition in range(REPETITIONS):
        through = np.cumsum(np.bincount(generator.integers(groups, size=groups), minlength=groups)[codes])
        medians[repetition] = in_order[np.searchsorted(through, through[-1] / 2.0)]
    low, high = np.quantile(medians, [0.025, 0.975])
    return float(low), float(high)
