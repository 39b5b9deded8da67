"""Verification: are these two pictures of one person? TAR at FAR, over pairs, people being the units."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vandap.core.estimate import Estimate
from vandap.errors import DataError, UsageError
from vandap.evaluate.intervals import MINIMUM_ROWS, wilson

_LEAST_ACCEPTS = 10
"""False accepts at a FAR: with fewer its threshold is the luck of a few pairs."""
_REPLICATES = 400
_MOST_PAIRS = 1_000_000
_MOST_OF_ONE = 100_000
"""Pairs of one person, whose number is that of the pictures squared: all of 447 pictures, of more a random part."""
_BLOCK = 1024
_ENDS = (0.025, 0.975)
_SPARE, _LEAST_TOP = 4, 1000
"""Highest scores that a resample looks at first, as multiples of those that may be accepted, and at least."""


@dataclass(frozen=True)
class Pairs:
    """Scores of pairs of pictures.

    Args:
        genuine: Scores of pairs of one person, shape `(g,)`.
        owner: That person's number, from 0, shape `(g,)`.
        impostor: Scores of pairs of different people, falling, shape `(m,)`.
        first: One person of each of these, shape `(m,)`.
        second: The other, shape `(m,)`.
        people: How many people.
    """

    genuine: np.ndarray
    owner: np.ndarray
    impostor: np.ndarray
    first: np.ndarray
    second: np.ndarray
    people: int


def pairs(vectors: np.ndarray, people: np.ndarray, most: int = _MOST_PAIRS, seed: int = 0) -> Pairs:
    """Cosines of pairs of one person and of pairs of different people: all of them, a random part where they are many.

    Args:
        vectors: Shape `(n, columns)`.
        people: Person of each, numbers or texts, shape `(n,)`.
        most: Pairs of different people to look at.
        seed: Chooses them, and 100,000 pairs of a person who has more.

    Raises:
        DataError: Lengths differ, or there is no pair of one person or of two.
    """
    _check(vectors, people)
    units = vectors.astype(np.float32)
    units /= np.maximum(np.linalg.norm(units, axis=1, keepdims=True), 1e-12)
    numbers = np.unique(people, return_inverse=True)[1]
    left, right = _same(numbers, seed)
    one, other = _different(numbers, most, seed)
    scores = _cosines(units, one, other)
    order = np.argsort(-scores, kind="stable")
    return Pairs(
        _cosines(units, left, right),
        numbers[left],
        scores[order],
        numbers[one][order],
        numbers[other][order],
        int(numbers.max()) + 1,
    )


def _check(vectors: np.ndarray, people: np.ndarray) -> None:
    counts = np.unique(people, return_counts=True)[1]
    if len(vectors) != len(people) or len(counts) < 2 or counts.max() < 2:
        raise DataError(
            "There are no pairs to compare.",
            received=f"{len(vectors)} vectors, {len(people)} labels, {len(counts)} people, "
            f"at most {counts.max(initial=0)} vectors of one",
            expected="a label for each vector, two people or more, two vectors of one or more",
            hint="Give several pictures of each person.",
        )


def _same(numbers: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng((seed, 1))
    order = np.argsort(numbers, kind="stable")
    groups = np.split(order, np.cumsum(np.bincount(numbers))[:-1])
    places = [_two_of(len(group), generator) for group in groups]
    left = np.concatenate([group[one] for group, (one, _) in zip(groups, places, strict=True)])
    right = np.concatenate([group[two] for group, (_, two) in zip(groups, places, strict=True)])
    return left, right


def _two_of(count: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    if count * (count - 1) // 2 <= _MOST_OF_ONE:
        return np.triu_indices(count, 1)
    one = generator.integers(0, count, _MOST_OF_ONE)
    return one, (one + generator.integers(1, count, _MOST_OF_ONE)) % count


def _different(numbers: np.ndarray, most: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    count = len(numbers)
    if count * (count - 1) // 2 <= most:
        one, other = np.triu_indices(count, 1)
    else:
        generator = np.random.default_rng(seed)
        one, other = (generator.integers(0, count, most) for _ in range(2))
    apart = numbers[one] != numbers[other]
    return one[apart], other[apart]


def _cosines(units: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    blocks = [slice(start, start + _BLOCK) for start in range(0, len(one), _BLOCK)]
    return np.concatenate([np.einsum("nc,nc->n", units[one[block]], units[other[block]]) for block in blocks])


def tar_at_far(found: Pairs, far: float, seed: int = 0) -> Estimate:
    """Share of pairs of one person that are accepted when a share `far` of pairs of two people is.

    The interval is over people: they are resampled, a pair counts as often as the product of its two people, and the
    threshold is made anew each time. How many there are counts without those who have no pair of their own.

    Args:
        found: The pairs.
        far: Share of pairs of different people that may be accepted, above 0 and below 1.
        seed: Of the resampling.

    Raises:
        UsageError: The FAR is no share.

    References:
        Bolle, Ratha and Pankanti 2004, "Error analysis of pattern recognition systems: the subsets bootstrap";
        Snijders and Borgatti 1999, "Non-parametric standard errors and tests for network statistics".
    """
    if not 0 < far < 1:
        raise UsageError(
            "This is no false acceptance rate.",
            received=f"FAR {far}",
            expected="a share above 0 and below 1",
            hint="Usual are 0.001 and 0.0001.",
        )
    name, expected = f"TAR@FAR={far:g}", far * len(found.impostor)
    if expected < _LEAST_ACCEPTS:
        needed = math.ceil(_LEAST_ACCEPTS / far)
        why = f"cannot tell: {len(found.impostor):,} pairs of different people, at least {needed:,} are needed"
        return Estimate(name, math.nan, count=found.people, method=why)
    ladder, owners = _Ladder(found, far), len(np.unique(found.owner))
    value = _accepted(found, ladder, np.ones(found.people))
    if owners < MINIMUM_ROWS:
        why = f"no interval: {owners} people with a pair of their own"
        return Estimate(name, value, count=owners, method=why)
    generator = np.random.default_rng(seed)
    drawn = [
        _accepted(found, ladder, np.bincount(generator.integers(0, found.people, found.people), minlength=found.people))
        for _ in range(_REPLICATES)
    ]
    low, high = (float(np.nanquantile(drawn, end)) for end in _ENDS)
    floor, ceiling = wilson(value * owners, owners)
    low, high = (min(low, floor) if value == 1.0 else low), (max(high, ceiling) if value == 0.0 else high)
    return Estimate(name, value, min(low, value), max(high, value), owners, f"{_REPLICATES} resamples of people")


def threshold_at_far(found: Pairs, far: float) -> float:
    """The score that pairs must exceed so that at most a share `far` of pairs of different people does."""
    return _Ladder(found, far).bound(np.ones(found.people))


def _accepted(found: Pairs, ladder: _Ladder, times: np.ndarray) -> float:
    weights = times[found.owner]
    if not weights.any():
        return math.nan
    return float(weights[found.genuine > ladder.bound(times)].sum() / weights.sum())


class _Ladder:
    """The highest scores of pairs of different people: a resample's threshold is nearly always among them.

    Args:
        found: The pairs.
        far: The share that may be accepted.
    """

    def __init__(self, found: Pairs, far: float) -> None:
        self._found, self._far = found, far
        self._top = min(len(found.impostor), round(_SPARE * far * len(found.impostor)) + _LEAST_TOP)
        codes, self._many = np.unique(found.first * found.people + found.second, return_counts=True)
        self._one, self._other = np.divmod(codes, found.people)

    def bound(self, times: np.ndarray) -> float:
        """The score that at most the share of pairs exceeds, when each person counts so many times."""
        allowed = self._far * float(self._many @ (times[self._one] * times[self._other]))
        for top in (self._top, len(self._found.impostor)):
            weights = np.cumsum(times[self._found.first[:top]] * times[self._found.second[:top]], dtype=np.float64)
            place = int(np.searchsorted(weights, allowed, side="right"))
            if place < top:
                break
        return float(self._found.impostor[min(place, top - 1)])
