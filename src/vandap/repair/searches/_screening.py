"""What every search has: the scored trainings, the clock, a race of bundles, and the pruning of the winner."""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from vandap.core.progress import Progress, silent
from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import EarlyStopping, Epochs
from vandap.repair.proposals import Bundle, Proposal

MOST_SEEDS = 4
"""Seeds with which the best of a race are trained at most."""
PRUNE_SEEDS = 2
LEAST_RACED = 2
"""So many bundles are left until they were trained with so many seeds."""
NEAR = 0.5
"""Share of the margin, or of the noise, by which a smaller bundle may be worse and still be preferred."""

Score = Callable[[Sequence[tuple[Bundle, int]]], list[float | None]]
"""Trains bundles with seeds and gives their scores on the screening rows, higher better: minus infinity for one that
crashed or cannot be made, None where time was up."""


@dataclass(frozen=True)
class Tried:
    """A bundle that was screened.

    Args:
        changes: The bundle.
        scores: Its scores, by seed.
        crashed: How many of its trainings ended without a model.
    """

    changes: Bundle
    scores: tuple[float, ...]
    crashed: int = 0

    @property
    def mean(self) -> float:
        """The mean score; minus infinity where a training crashed."""
        return float(np.mean(self.scores)) if self.scores and not self.crashed else -math.inf


@dataclass
class Screening(ABC):
    """A search for a bundle.

    Attributes:
        package: What must be installed for it, also the name of the extra; "" for nothing.

    Args:
        score: How bundles are scored.
        proposals: What may be changed, the likeliest first.
        margin: Differences within it do not matter.
        noise: About how far a score on so few rows is from the true one.
        until: Tells the clock (`time.monotonic`) at which the search ends, as far as is known by now.
        seconds: Tells how long one more training takes of ours.
        together: Trainings that run at once.
        progress: Told what is tried.
        can_make: Tells whether changes can be made together.
        cost: Tells how many usual trainings one with some changes takes.
        ceiling: The best score that there is.
    """

    package: ClassVar[str] = ""

    score: Score
    proposals: Sequence[Proposal]
    margin: float
    noise: float
    until: Callable[[], float]
    seconds: Callable[[], float] = lambda: 0.0
    together: int = 1
    progress: Progress = silent
    can_make: Callable[[Bundle], bool] = lambda bundle: True
    cost: Callable[[Bundle], float] = lambda bundle: 1.0
    ceiling: float = math.inf
    _known: dict[Bundle, dict[int, float]] = field(default_factory=dict)

    @property
    @abstractmethod
    def is_complete(self) -> bool:
        """Whether there was time for the first answers at least."""

    @abstractmethod
    def search(self) -> Bundle:
        """Return the bundle that did best; empty where nothing did better than the program as it is."""

    @property
    def tried(self) -> tuple[Tried, ...]:
        """Every bundle that was trained, the best first."""
        rows = [_tried(bundle, tuple(scores.values())) for bundle, scores in self._known.items() if scores]
        return tuple(sorted(rows, key=lambda tried: -tried.mean))

    def _race(self, bundles: Sequence[Bundle]) -> Bundle:
        """Train bundles with one seed, the better half with another, until one is left: never by one seed alone."""
        left, seed = list(dict.fromkeys(bundles)), 0
        while True:
            self._train([(bundle, seed) for bundle in left])
            left, seed = [bundle for bundle in left if self._known.get(bundle)], seed + 1
            left = self._ranked(left)
            if seed == MOST_SEEDS or not self._affordable():
                break
            level = self._level(left)
            left = [bundle for bundle in left if level(bundle) >= level(left[0]) - 2 * self.noise]
            left = left[: max(-(-len(left) // 2), LEAST_RACED if seed < LEAST_RACED else 1)]
            if len(left) <= 1:
                break
        return left[0] if left else bundles[0]

    def _ranked(self, bundles: Sequence[Bundle]) -> list[Bundle]:
        """The best first, by the seeds that all of them had."""
        return sorted(bundles, key=self._level(bundles), reverse=True)

    def _level(self, bundles: Sequence[Bundle]) -> Callable[[Bundle], float]:
        """The mean score over the seeds that all of some bundles had; over all where they share none."""
        seeds = set.intersection(*(set(self._known[bundle]) for bundle in bundles)) if bundles else set()
        return lambda bundle: (
            float(np.mean([self._known[bundle][seed] for seed in seeds])) if seeds else self._mean(bundle)
        )

    def _pruned(self, best: Bundle) -> Bundle:
        """Take out every change whose absence costs nothing: the less likely half at once, then one by one.

        What is left is compared with the whole, so that small losses do not add up.
        """
        whole = best
        while len(best) > 1 and self._is_as_good(best[: len(best) // 2], whole):
            best = best[: len(best) // 2]
        for change in reversed(best):
            fewer = tuple(other for other in best if other != change)
            if fewer and not _is_unstopped(fewer, change) and self._is_as_good(fewer, whole):
                best = fewer
        return best

    def _is_as_good(self, fewer: Bundle, whole: Bundle) -> bool:
        """Whether a smaller bundle does as well on every seed that is tried; the first that says no ends it."""
        return all(self._costs_nothing(whole, fewer, seed) for seed in range(PRUNE_SEEDS))

    def _costs_nothing(self, best: Bundle, fewer: Bundle, seed: int) -> bool:
        """Whether the smaller bundle does as well with the seeds up to one; False where there is no time to see."""
        self._train([(best, seed), (fewer, seed)] if self._affordable() else [])
        known, other = self._known.get(best, {}), self._known.get(fewer, {})
        if not all(number in known and number in other for number in range(seed + 1)):
            return False
        return self._gain(best, fewer, seed + 1) <= NEAR * max(self.margin, self.noise)

    def _helps(self, bundle: Bundle) -> bool:
        """Whether a bundle did better than the program as it is with the same seeds: other seeds may be lucky ones."""
        return self._gain(bundle, ()) > 0

    def _gain(self, bundle: Bundle, other: Bundle, seeds: int = MOST_SEEDS) -> float:
        """By how much a bundle did better on the seeds that both had; over all where they share none."""
        known, base = self._known.get(bundle, {}), self._known.get(other, {})
        shared = [number for number in range(seeds) if number in known and number in base]
        if not shared:
            return self._mean(bundle) - self._mean(other)
        return _difference([known[number] for number in shared], [base[number] for number in shared])

    def _train(self, wanted: Sequence[tuple[Bundle, int]]) -> None:
        missing = [(bundle, seed) for bundle, seed in wanted if seed not in self._known.get(bundle, {})]
        for (bundle, seed), value in zip(missing, self.score(missing), strict=True):
            if value is not None:
                self._known.setdefault(bundle, {})[seed] = value

    def _affordable(self) -> int:
        """How many more trainings fit into the time that is left."""
        left = self.until() - time.monotonic()
        return max(int(left / max(self.seconds(), 1e-3)), 0)

    def _mean(self, bundle: Bundle) -> float:
        scores = self._known.get(bundle, {})
        return sum(scores.values()) / len(scores) if scores else -math.inf


def _is_unstopped(fewer: Bundle, left_out: Change) -> bool:
    """Whether what is left trains longer, and what was left out would end that as soon as it can: it costs nothing."""
    return isinstance(left_out, EarlyStopping) and any(isinstance(change, Epochs) for change in fewer)


def _difference(scores: Sequence[float], others: Sequence[float]) -> float:
    """Of the means; where both have trainings that crashed they are alike."""
    mean, other = float(np.mean(scores)), float(np.mean(others))
    return 0.0 if mean == other else mean - other


def _tried(bundle: Bundle, scores: tuple[float, ...]) -> Tried:
    ended = tuple(score for score in scores if math.isfinite(score))
    return Tried(bundle, ended, len(scores) - len(ended))
