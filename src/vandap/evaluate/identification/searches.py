"""Probes, and what a search of the gallery gave for each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vandap.core.estimate import Estimate
from vandap.errors import DataError
from vandap.evaluate.intervals import MINIMUM_ROWS, Units, logit_interval


@dataclass(frozen=True)
class Searches:
    """Searches of one gallery, in the order of the probes.

    Args:
        people: Person of each probe, whole numbers, shape `(n,)`.
        found: Persons of the candidates, best first, -1 where there are fewer; shape `(n, k)`.
        scores: Their scores, larger is nearer, falling along each row, minus infinity where there are fewer.
        mated: Whether the probe's person is in the gallery, shape `(n,)`.
        gallery: Vectors in the gallery.

    Raises:
        DataError: Shapes that do not fit each other, or scores that rise along a row or are no numbers.
    """

    people: np.ndarray
    found: np.ndarray
    scores: np.ndarray
    mated: np.ndarray
    gallery: int

    def __post_init__(self) -> None:
        shapes = [array.shape for array in (self.people, self.mated, self.found, self.scores)]
        count = len(self.people)
        fits = shapes[0] == shapes[1] == (count,) and shapes[2] == shapes[3] and shapes[2][:1] == (count,)
        fits = fits and self.scores.ndim == 2 and self.scores.shape[1] > 0
        if not fits or np.isnan(self.scores).any() or (self.scores[:, 1:] > self.scores[:, :-1]).any():
            raise DataError(
                "These are no searches.",
                received=f"arrays of shape {', '.join(map(str, shapes))}",
                expected="people and mated of shape (n,), found and scores of shape (n, k), scores falling, none NaN",
                hint="Give each probe's candidates best first, -1 and minus infinity where there are fewer than k.",
            )

    @cached_property
    def places(self) -> np.ndarray:
        """Place of the first candidate who is the probe's person, from 0; k where there is none. Shape `(n,)`."""
        own = self.found == self.people[:, None]
        return np.where(own.any(axis=1), own.argmax(axis=1), self.found.shape[1])

    @cached_property
    def mate_scores(self) -> np.ndarray:
        """Score of that candidate; minus infinity where there is none. Shape `(n,)`."""
        padded = np.concatenate([self.scores, np.full((len(self.scores), 1), -np.inf)], axis=1)
        return padded[np.arange(len(padded)), self.places]

    @property
    def best_scores(self) -> np.ndarray:
        """Score of the best candidate, whoever it is. Shape `(n,)`."""
        return self.scores[:, 0]

    def part(self, rows: np.ndarray) -> Searches:
        """Some of the searches."""
        return Searches(self.people[rows], self.found[rows], self.scores[rows], self.mated[rows], self.gallery)


def recall_at(searches: Searches, k: int) -> Estimate:
    """Share of the mated probes whose person is among the first k candidates, any score (the CMC curve at k).

    The interval is for other people of the same population: probes of one person count as one unit.

    Args:
        searches: The searches; those of non-mated probes are left out.
        k: At most the candidates that were asked for.
    """
    own = np.flatnonzero(searches.mated)
    name = "rank-1" if k == 1 else f"recall@{k}"
    return proportion(name, searches.places[own] < min(k, searches.found.shape[1]), searches.people[own])


def fnir(searches: Searches, threshold: float) -> Estimate:
    """Share of the mated searches that do not return their mate at the threshold or above. The threshold is given."""
    own = np.flatnonzero(searches.mated)
    return proportion("FNIR", searches.mate_scores[own] < threshold, searches.people[own])


def fpir(searches: Searches, threshold: float) -> Estimate:
    """Share of the non-mated searches that return anybody at the threshold or above. The threshold is given."""
    others = np.flatnonzero(~searches.mated)
    return proportion("FPIR", searches.best_scores[others] >= threshold, searches.people[others])


def proportion(name: str, happened: np.ndarray, people: np.ndarray) -> Estimate:
    """A share of searches, with an interval whose units are people (`docs/decisions/0004-intervals.md`)."""
    if not len(happened):
        return Estimate(name, float("nan"), method="no such searches")
    value, units = float(happened.mean()), Units.of(len(happened), people)
    if units.count < MINIMUM_ROWS:
        return Estimate(name, value, count=units.count, method=f"no interval: {units.count} people")
    found = logit_interval(value, units.spread(happened - value), units)
    return Estimate(name, value, found.low, found.high, units.count, found.method)
