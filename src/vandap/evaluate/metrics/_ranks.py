"""Ranking one class against the rest: areas under the ROC and precision-recall curves, and their influence."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from vandap.core.rows import blocks, picked, rows_where, stable_order
from vandap.evaluate.intervals import Interval, Units, logit_interval
from vandap.evaluate.metric import PROBABILITIES, Metric

_ONE_CLASS = "the part holds examples of one class only, so nothing can be ranked"


@dataclass(frozen=True)
class Ranking:
    """Examples in descending order of score, with ties as blocks.

    Args:
        order: Row numbers by descending score, shape `(n,)`.
        first: For each place in that order, the first place of its block of ties; shape `(n,)`.
        last: The last place of that block; shape `(n,)`.
        positive: Whether the example at each place is positive, boolean of shape `(n,)`.
    """

    order: np.ndarray
    first: np.ndarray
    last: np.ndarray
    positive: np.ndarray

    @property
    def hits(self) -> np.ndarray:
        """Positives before each place and before the end, shape `(n + 1,)`."""
        hits = np.zeros(len(self.order) + 1, self.order.dtype)
        np.cumsum(self.positive, out=hits[1:])
        return hits

    def unsort(self, values: np.ndarray) -> np.ndarray:
        """Return values by place as values by row."""
        result = np.empty_like(values)
        for block in blocks(len(values)):
            result[self.order[block]] = values[block]
        return result


def rank(positive: np.ndarray, score: np.ndarray) -> Ranking:
    """Sort examples by descending score: O(n log n).

    Args:
        positive: Whether each example is positive, shape `(n,)`.
        score: Scores, shape `(n,)`.
    """
    order = stable_order(-score)
    new = np.ones(len(order) + 1, bool)
    in_order = picked(score, order)
    np.not_equal(in_order[1:], in_order[:-1], out=new[1:-1])
    del in_order
    starts = rows_where(new)
    sizes = np.diff(starts)
    return Ranking(order, np.repeat(starts[:-1], sizes), np.repeat(starts[1:] - 1, sizes), picked(positive, order))


class RankMetric(Metric):
    """A measure of how well probabilities rank a class above the rest.

    With two classes, class 1 is ranked above class 0; with more, the mean over the classes that occur, each against the
    rest.
    """

    needs = PROBABILITIES

    def value(self, target: np.ndarray, prediction: np.ndarray) -> float:
        """Return the mean area over the ranked classes."""
        if np.ptp(target) == 0:
            return float("nan")
        return float(
            np.mean([self.area(rank(target == code, prediction[:, code])) for code in ranked(target, prediction)])
        )

    def influence(self, target: np.ndarray, prediction: np.ndarray) -> np.ndarray:
        """Return the mean influence over the ranked classes."""
        codes = ranked(target, prediction)
        total = self._influence_of(codes[0], target, prediction)
        for code in codes[1:]:
            total += self._influence_of(code, target, prediction)
        total /= len(codes)
        return total

    def _influence_of(self, code: int, target: np.ndarray, prediction: np.ndarray) -> np.ndarray:
        ranking = rank(target == code, prediction[:, code])
        return ranking.unsort(self.place_influence(ranking))

    def undefined(self, target: np.ndarray, prediction: np.ndarray) -> str:
        """Return a reason where only one class occurs."""
        return _ONE_CLASS if np.ptp(target) == 0 else ""

    def interval(self, target: np.ndarray, prediction: np.ndarray, value: float, units: Units) -> Interval:
        """Return the interval on the logit scale, with the degrees of freedom of the rare class."""
        width = units.spread(self.influence(target, prediction)).cautious()
        return logit_interval(value, width, units)

    @abstractmethod
    def area(self, ranking: Ranking) -> float:
        """Return the area of one class against the rest; both occur."""

    @abstractmethod
    def place_influence(self, ranking: Ranking) -> np.ndarray:
        """Return the influence of the example at each place of the ranking, shape `(n,)`."""


def ranked(target: np.ndarray, prediction: np.ndarray) -> tuple[int, ...]:
    """Return the codes of the classes to rank: class 1 of two, every class that occurs of more."""
    if prediction.shape[1] == 2:
        return (1,)
    return tuple(int(code) for code in np.flatnonzero(np.bincount(target)))
