"""Confidence intervals that cover, from the influence of each independent unit on the metric.

Why these and not the bootstrap, with the measured coverage: `docs/decisions/0004-intervals.md`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from vandap.core.rows import blocks, count_codes, picked

LEVEL = 0.95

MINIMUM_ROWS = 10
"""Fewer examples, groups, or rows of a class get a value and no interval: the protocol's bound."""

ROUNDING = 1e-12
"""A standard error of a score in [0, 1] below this is rounding."""


@dataclass(frozen=True)
class Interval:
    """Both ends of a 95 % interval (NaN where there is none), and how it was made or why it was not."""

    low: float
    high: float
    method: str


@dataclass(frozen=True)
class Spread:
    """How a mean of independent contributions scatters.

    Args:
        error: Standard error.
        freedom: Degrees of freedom of that error: units minus strata.
        skewness: Skewness of the mean; 0 for a symmetric one.
        smallest_freedom: Satterthwaite's degrees of freedom, which count the strata that the error comes from; at most
            `freedom`.
    """

    error: float
    freedom: float
    skewness: float = 0.0
    smallest_freedom: float = math.inf

    def cautious(self, factor: float = 1.0) -> Spread:
        """Return the same with Satterthwaite's degrees of freedom, times a factor."""
        return replace(self, freedom=min(self.freedom, factor * self.smallest_freedom))

    @property
    def quantile(self) -> float:
        """The two-sided 95 % quantile of Student's t."""
        return float(special.stdtrit(self.freedom, 0.5 + LEVEL / 2))


@dataclass(frozen=True)
class Units:
    """What is independent of what: the examples inside each stratum, or the groups.

    With strata (the classes) their counts are taken as fixed, as in a held-out part that is drawn with the class
    shares of the data; only the spread inside each counts. With groups, influence is summed inside each group (the
    linearised cluster variance), and strata do not apply.

    Args:
        count: Number of independent units.
        codes: Group number of each example, shape `(n,)`; None without groups.
        strata: Stratum code of each example (from 0), shape `(n,)`, strata with few rows pooled; None for one stratum.
        seed: Seed of resampling, for the metrics whose influence has no closed form.
    """

    count: int
    codes: np.ndarray | None = None
    strata: np.ndarray | None = None
    seed: int = 0

    @classmethod
    def of(cls, count: int, groups: np.ndarray | None = None, strata: np.ndarray | None = None, seed: int = 0) -> Units:
        """Number groups and strata from 0."""
        if groups is not None:
            codes = np.unique(groups, return_inverse=True)[1]
            return cls(int(codes.max()) + 1, codes, seed=seed)
        return cls(count, None, None if strata is None else _pooled(strata), seed)

    def sums(self, influence: np.ndarray) -> np.ndarray:
        """Return the contribution of each unit."""
        return influence if self.codes is None else np.bincount(self.codes, weights=influence)

    def spread(self, influence: np.ndarray) -> Spread:
        """Return the standard error of the mean of influence values of shape `(n,)`, and its skewness."""
        count, each = len(influence), self.sums(influence)
        strata = np.zeros(len(each), dtype=np.int8) if self.strata is None else self.strata
        sizes = count_codes(strata).astype(float)
        largest = max(float(each.max()), -float(each.min())) or 1.0  # so that no cube leaves the range of float64
        sums, squares, cubes = np.zeros(len(sizes)), np.zeros(len(sizes)), 0.0
        for block in blocks(len(each)):
            sums += np.bincount(strata[block], each[block] / largest, len(sizes))
        means = sums / sizes
        for block in blocks(len(each)):
            centred = each[block] / largest - means[strata[block]]
            squares += np.bincount(strata[block], centred**2, len(sizes))
            cubes += float(np.sum(centred**3))
        free = np.maximum(sizes - 1.0, 1.0)
        parts = squares * sizes / free / count**2
        total = float(parts.sum())
        # Rounding alone leaves a spread of this relative size in contributions that are all equal.
        if total <= 1e-28:
            return Spread(0.0, float(free.sum()))
        skewness = cubes / count**3 / total**1.5
        cautious = total**2 / float(np.sum(parts**2 / free))
        return Spread(largest * math.sqrt(total), float(free.sum()), skewness, cautious)

    @property
    def smallest(self) -> int:
        """Size of the smallest stratum; the number of groups with groups."""
        return self.count if self.strata is None else int(count_codes(self.strata).min())


def wilson(successes: float, count: float, level: float = LEVEL) -> tuple[float, float]:
    """Return Wilson's score interval of a proportion; NaN ends without trials.

    References:
        Wilson 1927; Brown, Cai and DasGupta 2001, "Interval estimation for a binomial proportion".
    """
    if count <= 0:
        return math.nan, math.nan
    z = float(special.ndtri(0.5 + level / 2))
    share = successes / count
    centre = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))


def logit_interval(value: float, width: Spread, units: Units) -> Interval:
    """Return a t interval that is symmetric on the logit scale, for scores in [0, 1]."""
    if width.error <= ROUNDING or not 0.0 < value < 1.0:
        return _at_the_end(value, units)
    centre, half = special.logit(value), width.quantile * width.error / (value * (1.0 - value))
    return Interval(float(special.expit(centre - half)), float(special.expit(centre + half)), "logit-t")


def arcsine_interval(value: float, width: Spread, units: Units) -> Interval:
    """Return a t interval that is symmetric on the arcsine-root scale, which is less bent than the logit."""
    if width.error <= ROUNDING or not 0.0 < value < 1.0:
        return _at_the_end(value, units)
    centre, half = math.asin(math.sqrt(value)), width.quantile * width.error / (2.0 * math.sqrt(value * (1.0 - value)))
    low, high = max(centre - half, 0.0), min(centre + half, math.pi / 2.0)
    return Interval(math.sin(low) ** 2, math.sin(high) ** 2, "arcsine-t")


def skewed_interval(value: float, width: Spread, lowest: float = -math.inf, highest: float = math.inf) -> Interval:
    """Return a t interval corrected for the skewness of the contributions.

    The studentised error is made symmetric to second order by a monotone cubic, and turned back.

    References:
        Hall 1992, "On the removal of skewness by transformation", Journal of the Royal Statistical Society B 54.
    """
    if width.error <= 0:
        return Interval(math.nan, math.nan, "no interval: the examples of a class all score the same")
    low, high = (
        value - width.error * _studentised(sign * width.quantile - width.skewness / 6.0, width.skewness / 3.0)
        for sign in (1.0, -1.0)
    )
    return Interval(min(max(low, lowest), value), max(min(high, highest), value), "skewness-corrected t")


def ratio_interval(numerator: np.ndarray, denominator: np.ndarray, units: Units) -> tuple[float, float]:
    """Return Fieller's interval of a ratio of two means; NaN ends where the denominator is not clearly positive.

    Args:
        numerator: One value per example, shape `(n,)`.
        denominator: One value per example, shape `(n,)`.
        units: The independent units.

    References:
        Fieller 1954, "Some problems in interval estimation", Journal of the Royal Statistical Society B 16.
    """
    top, bottom = float(numerator.mean()), float(denominator.mean())
    one, other = units.spread(numerator - top), units.spread(denominator - bottom)
    both = units.spread(numerator - top + denominator - bottom)
    squared = one.quantile**2
    covariance = (both.error**2 - one.error**2 - other.error**2) / 2.0
    a = bottom**2 - squared * other.error**2
    b = top * bottom - squared * covariance
    c = top**2 - squared * one.error**2
    root = b * b - a * c
    if a <= 0 or root < 0:
        return math.nan, math.nan
    return (b - math.sqrt(root)) / a, (b + math.sqrt(root)) / a


def mapped(interval: Interval, function: Callable[[float], float]) -> Interval:
    """Return the interval with an increasing function applied to both ends."""
    return Interval(function(interval.low), function(interval.high), interval.method)


def _pooled(strata: np.ndarray) -> np.ndarray:
    """Number strata (codes from 0) without gaps, small ones together with the smallest large one.

    One row alone shows no spread.
    """
    strata = strata.view(np.uint8) if strata.dtype == bool else strata
    sizes = count_codes(strata)
    small = (sizes > 0) & (sizes < MINIMUM_ROWS)
    large = sizes >= MINIMUM_ROWS
    if small.any() and large.any():
        small[np.argmin(np.where(large, sizes, sizes.max() + 1))] = True
    present = np.flatnonzero(sizes)
    numbers = np.zeros(len(sizes), dtype=np.min_scalar_type(len(sizes)))
    numbers[present] = np.unique(np.where(small[present], -1, present), return_inverse=True)[1]
    return picked(numbers, strata)


def _studentised(symmetric: float, bend: float) -> float:
    """Solve `t + bend t^2 + bend^2 t^3 / 3 = symmetric`."""
    return symmetric if abs(bend) < 1e-8 else (float(np.cbrt(1.0 + 3.0 * bend * symmetric)) - 1.0) / bend


def _at_the_end(value: float, units: Units) -> Interval:
    """Return Wilson's interval for a score without spread, as if only the smallest class counted."""
    low, high = wilson(value * units.smallest, units.smallest)
    return Interval(low, high, "wilson on the smallest class")
