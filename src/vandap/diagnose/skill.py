"""One scale for every headline metric: 0 is the dummy, 1 is perfect.

Signals carry the headline metric with higher as better; errors are negated. A gap of 0.05 means something on the
scale of accuracy, and nothing in dollars. Rules that compare gaps with a fixed threshold therefore compare them on
this scale.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vandap.core.signals import Series
from vandap.diagnose.reading import Bounds, names, number


@dataclass(frozen=True)
class Scale:
    """A headline metric's own scale.

    Args:
        is_error: Whether scores are negated errors, so that the dummy's score is the unit.
        dummy: Score of the dummy; NaN where it was not measured.
    """

    is_error: bool
    dummy: float

    def gap(self, difference: float) -> float:
        """Return a difference of scores: as it is for shares, as a share of the dummy's error for errors."""
        if not self.is_error:
            return difference
        return difference / -self.dummy if self.dummy < 0 else math.nan

    def level(self, score: float) -> float:
        """Return a score as it is for shares; for errors as the share of the dummy's error that is gone."""
        if not self.is_error:
            return score
        return 1 - score / self.dummy if self.dummy < 0 else math.nan

    def skill(self, score: float) -> float:
        """Return the score between the dummy (0) and perfection (1)."""
        if self.is_error:
            return self.level(score)
        return (score - self.dummy) / (1 - self.dummy) if self.dummy < 1 else math.nan


def scale(ladder_scores: Series | None, *scores: float) -> Scale:
    """Return the scale of the headline metric.

    A negated error is never above zero; a score on which every rung and every given number is at or below zero is
    therefore read as one.
    """
    known = [*scores, *(ladder_scores.values.ravel() if ladder_scores is not None else ())]
    finite = [float(value) for value in known if math.isfinite(value)]
    return Scale(is_error=bool(finite) and max(finite) <= 0, dummy=number(ladder_scores, "dummy", "value"))


def best(ladder_scores: Series) -> Bounds:
    """Return the score of the best rung, with its interval; not known where no rung has a finite score."""
    if ladder_scores.values.ndim != 2 or ladder_scores.values.shape[1] < 3:
        return Bounds(math.nan, math.nan, math.nan)
    values = np.asarray(ladder_scores.values, dtype=np.float64)
    places = [names(ladder_scores, 1).index(bound) if bound in names(ladder_scores, 1) else None for bound in _BOUNDS]
    if any(place is None for place in places) or not np.isfinite(values[:, places[0]]).any():
        return Bounds(math.nan, math.nan, math.nan)
    winner = int(np.nanargmax(np.where(np.isfinite(values[:, places[0]]), values[:, places[0]], -np.inf)))
    return Bounds(*(float(values[winner, place]) for place in places))


_BOUNDS = ("value", "low", "high")
