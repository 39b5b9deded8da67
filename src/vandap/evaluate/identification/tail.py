"""The upper tail of scores: a generalised Pareto law over a high bound, so that rare scores can be foretold.

Scores above a high bound follow this law in the limit whatever the scores' own law is (Balkema and de Haan 1974;
Pickands 1975). Its two parameters come from probability-weighted moments, which are closed forms and of smaller error
than maximum likelihood in samples of this size.

References:
    Hosking and Wallis 1987, "Parameter and quantile estimation for the generalized Pareto distribution",
    Technometrics 29; Coles 2001, "An Introduction to Statistical Modeling of Extreme Values", chapter 4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

_PLOTTING = 0.35
"""Hosking and Wallis: plotting positions (i - 0.35) / n."""
_STRAIGHT = 1e-6
"""A shape this near 0 is the exponential law."""


@dataclass(frozen=True)
class Tail:
    """What lies above a bound.

    Args:
        bound: The bound u.
        share: Share of all scores above it.
        scale: Scale of the excess over the bound.
        shape: k of Hosking and Wallis: positive for a tail that ends, 0 for an exponential one, negative for a heavy
            one. (Minus the xi of others.)
    """

    bound: float
    share: float
    scale: float
    shape: float

    def above(self, score: float) -> float:
        """Share of all scores above a score that is not below the bound."""
        excess = max(0.0, score - self.bound)
        if self.scale <= 0:
            return self.share if excess == 0 else 0.0
        if abs(self.shape) < _STRAIGHT:
            return self.share * math.exp(-excess / self.scale)
        return self.share * max(0.0, 1.0 - self.shape * excess / self.scale) ** (1.0 / self.shape)

    def score(self, share: float) -> float:
        """The score that this share of all scores, at most the bound's share, lies above."""
        rarer = share / self.share
        if abs(self.shape) < _STRAIGHT:
            return self.bound - self.scale * math.log(rarer)
        return self.bound + self.scale * (1.0 - rarer**self.shape) / self.shape


def fit_tail(scores: np.ndarray, many: int) -> Tail:
    """Fit the law to the largest scores.

    Args:
        scores: Ascending, shape `(n,)`.
        many: How many of them are the tail, at least 2, less than n.
    """
    bound = float(scores[-many - 1])
    excess = scores[-many:] - bound
    places = (np.arange(1, many + 1) - _PLOTTING) / many
    mean, weighted = float(excess.mean()), float(((1.0 - places) * excess).mean())
    share, spread = many / len(scores), mean - 2.0 * weighted
    if spread <= 0 or mean <= 0:  # excesses that are all alike, or none at all
        return Tail(bound, share, mean, 0.0)
    return Tail(bound, share, 2.0 * mean * weighted / spread, mean / spread - 2.0)
