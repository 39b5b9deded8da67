"""The threshold of open-set identification, from the best scores of people who are not in the gallery.

What counts is the gallery as it is: its size, its pictures, its engine. A threshold for pairs says nothing here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from vandap.errors import UsageError
from vandap.evaluate.identification.tail import Tail, fit_tail

REPLICATES = 400
"""Resamples of people: the ends of a 95 % interval are then the 10th of either side."""
PLENTY = 30
"""With so many scores expected above the threshold they tell it themselves; below, the tail's law does."""
_TAIL_SHARE, _LEAST_TAIL = 0.2, 30
"""The largest fifth is the tail, but at least 30 scores: with a tenth of 600 scores one interval in eight failed."""
_LEAST_PEOPLE, _LEAST_SCORES = 20, 100
"""Fewer people or scores than this say nothing of strangers in general: no threshold."""
_FARTHEST = 20.0
"""A tail foretells scores this many times rarer than one in all that were seen, and no rarer."""
_ENDS = (0.025, 0.975)
_ERRORS = 3.0
"""Standard errors upwards: of laws whose quantiles are known, 2.2 left out up to one in eight, 3 at most one in 40."""


@dataclass(frozen=True)
class Threshold:
    """A threshold for one FPIR.

    Args:
        fpir: Share of strangers who may be taken for somebody.
        value: The threshold; NaN when it cannot be told.
        low: Lower end of its 95 % interval over people.
        high: Upper end; whoever must not exceed the FPIR by chance of the calibration takes this one.
        method: `counted`, `tail`, or why there is none.
        scores: Scores it comes from.
        people: People they are of.
        growth: How many times the gallery is to grow; the threshold is for that size.
    """

    fpir: float
    value: float
    low: float = math.nan
    high: float = math.nan
    method: str = ""
    scores: int = 0
    people: int = 0
    growth: float = 1.0


@dataclass(frozen=True)
class Strangers:
    """Best scores of probes who are not in the gallery.

    Args:
        scores: Ascending, shape `(n,)`.
        people: Number of the person of each, from 0, shape `(n,)`.
        count: People.
    """

    scores: np.ndarray
    people: np.ndarray
    count: int

    @classmethod
    def of(cls, scores: np.ndarray, people: np.ndarray) -> Strangers:
        """Sort scores and number people; searches that found nobody count, far below all others."""
        order = np.argsort(scores, kind="stable")
        numbers = np.unique(people, return_inverse=True)[1]
        known = scores[np.isfinite(scores)]
        floor = known.min() - 1.0 if len(known) else 0.0
        return cls(np.maximum(scores[order], floor), numbers[order], int(numbers.max(initial=-1)) + 1)

    def resampled(self, generator: np.random.Generator) -> np.ndarray:
        """Scores of as many people, drawn with replacement; ascending."""
        drawn = np.bincount(generator.integers(0, self.count, self.count), minlength=self.count)
        return np.repeat(self.scores, drawn[self.people])


def calibrate(strangers: Strangers, fpir: float, growth: float = 1.0, seed: int = 0) -> Threshold:
    """Find the threshold that a share `fpir` of strangers exceeds.

    Where at least 30 of the scores are above it, it is their quantile; beyond, that of a generalised Pareto law fitted
    to the largest fifth. Its interval comes from resampled people, widened to the one that order statistics alone give,
    and upwards to three standard errors of the law, which resamples of few scores make too short
    (`bench/faces/CALIBRATION.md`). A gallery that grows
    g times gives a stranger g times as many chances: the threshold is then that of the rarer share
    `1 - (1 - fpir)^(1/g)`.

    Args:
        strangers: Best scores of non-mated probes against the actual gallery.
        fpir: Share of strangers who may be taken for somebody, above 0 and below 1.
        growth: How many times the gallery is to grow.
        seed: Of the resampling of people.

    Raises:
        UsageError: The FPIR is no share, or the gallery would shrink.
    """
    return calibrated(strangers, fpir, growth, seed)[0]


def calibrated(strangers: Strangers, fpir: float, growth: float, seed: int) -> tuple[Threshold, np.ndarray]:
    """The threshold as `calibrate` gives it, and what it is in resamples of people, shape `(REPLICATES,)`."""
    _check(fpir, growth)
    facts: dict[str, Any] = {"scores": len(strangers.scores), "people": strangers.count, "growth": growth}
    share = rarer(fpir, growth)
    why = _why_not(len(strangers.scores), strangers.count, share)
    if why:
        return Threshold(fpir, math.nan, method=why, **facts), np.zeros(0)
    counted, generator = share * len(strangers.scores) >= PLENTY, np.random.default_rng(seed)
    value = _quantile(strangers.scores, share, counted=counted)
    draws = (strangers.resampled(generator) for _ in range(REPLICATES))
    drawn = np.array([_quantile(scores, share, counted=counted) for scores in draws])
    low, high = (float(np.quantile(drawn, end)) for end in _ENDS)
    fewest, most = _order_ends(strangers, value, share)
    low, high = min(low, fewest), max(high, most, -math.inf if counted else value + _ERRORS * float(drawn.std()))
    method = "counted" if counted else "tail"
    return Threshold(fpir, value, min(low, value), max(high, value), method, **facts), drawn


def _check(fpir: float, growth: float) -> None:
    if not 0 < fpir < 1 or growth < 1:
        raise UsageError(
            "There is no threshold for this.",
            received=f"FPIR {fpir}, a gallery {growth} times as large",
            expected="a share above 0 and below 1, a gallery that is as large or larger",
            hint="Usual shares are 0.01 and 0.003.",
        )


def rarer(fpir: float, growth: float) -> float:
    """The FPIR today that becomes `fpir` when the gallery has grown: -expm1(log1p(-fpir) / growth)."""
    return -math.expm1(math.log1p(-fpir) / growth)


def _quantile(scores: np.ndarray, share: float, *, counted: bool) -> float:
    """The score that a share of the ascending scores exceeds: counted, or by the law of their tail."""
    if counted:
        place = len(scores) - math.floor(share * len(scores)) - 1
        return float(np.nextafter(scores[place], np.inf))
    return tail_of(scores).score(share)


def tail_of(scores: np.ndarray) -> Tail:
    """The law of the largest fifth of ascending scores."""
    return fit_tail(scores, min(len(scores) - 1, max(_LEAST_TAIL, round(_TAIL_SHARE * len(scores)))))


def _order_ends(strangers: Strangers, value: float, share: float) -> tuple[float, float]:
    """The interval of a quantile from order statistics, for as many independent scores as these are worth.

    An end that would need a score rarer than all that were seen is the value itself: counting cannot tell it.
    """
    count = len(strangers.scores)
    worth = _worth(strangers, value)
    fewest, most = (stats.binom.ppf(end, round(worth), share) * count / worth for end in _ENDS)
    low = strangers.scores[max(0, count - 1 - math.ceil(most))]
    return float(low), float(strangers.scores[count - math.floor(fewest)]) if fewest >= 1 else value


def _worth(strangers: Strangers, value: float) -> float:
    """How many independent scores these are worth: those of one person exceed a threshold together."""
    above = strangers.scores >= value
    if not above.any():
        return float(len(above))
    excess = np.bincount(strangers.people, above - above.mean(), strangers.count)
    alone = above.var() * len(above)
    return float(np.clip(len(above) * alone / max(excess @ excess, 1e-12), strangers.count, len(above)))


def _why_not(scores: int, people: int, share: float) -> str:
    if people < _LEAST_PEOPLE:
        return f"cannot tell: {people} people who are not in the gallery, at least {_LEAST_PEOPLE} are needed"
    needed = max(1.0 / (_FARTHEST * share), _LEAST_SCORES)
    if scores < needed:
        return f"cannot tell: {scores} searches of strangers, at least {math.ceil(needed)} are needed"
    return ""
