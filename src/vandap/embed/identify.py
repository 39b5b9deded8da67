"""How well an index finds people: real searches of the real gallery, judged by `vandap.evaluate.identification`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vandap.core.estimate import Estimate
from vandap.errors import DataError, UsageError
from vandap.evaluate.identification.open_set import Identification, identification
from vandap.evaluate.identification.searches import Searches
from vandap.evaluate.identification.verification import pairs, tar_at_far
from vandap.search.check import check_columns, unit_vectors
from vandap.search.index import Index
from vandap.search.searching import Hits

OWN = 20_000
"""Vectors of an index that are asked for at most: 200 strangers are then beyond the threshold of an FPIR of 0.01, in
some 100 MB of memory beside 16 bytes for each vector of the index."""
_AT_ONCE = 1024
_MOST_OF_ONE = 500
"""Vectors of one person that a search can look past; who has more is asked for as nobody else's stranger."""


@dataclass(frozen=True)
class Sampled:
    """Which of the index's own vectors were asked for: all those of people drawn at random.

    Args:
        vectors: How many.
        people: Whose they are.
        of_vectors: Vectors that have a person.
        of_people: People in the gallery.
    """

    vectors: int
    people: int
    of_vectors: int
    of_people: int


@dataclass(frozen=True)
class Measurement:
    """What was measured.

    Args:
        identification: Rank-1, recall, FNIR at FPIR.
        people: People in the gallery.
        verification: TAR at each FAR, over pairs of probes.
        sampled: What was asked for; None where it was all of the index's own vectors, or probes were given.
        large: People who were not asked for as strangers, since they have too many vectors to look past.
    """

    identification: Identification
    people: int
    verification: tuple[Estimate, ...]
    sampled: Sampled | None = None
    large: int = 0


def measure_identification(
    index: Index,
    labels: str,
    probes: np.ndarray | None = None,
    people: Sequence[str | None] | None = None,
    *,
    fpirs: Sequence[float] = (0.01, 0.1),
    fars: Sequence[float] = (0.001, 0.01),
    leave_out: bool = False,
    count: int = OWN,
    seed: int = 0,
) -> Measurement:
    """Measure how well people are found in an index.

    With probes: those whose person is in the index are mated, the others strangers. With `leave_out` a mated probe is
    asked for once more without its person, as a stranger to all others: for galleries whose strangers were not
    collected. Without probes the index's own vectors are asked for, each without itself among its candidates (mated, if
    its person has another), and once more without its person; of many, those of people drawn at random. Who has more
    than 500 vectors is not asked for without their person: no search looks past so many. Own vectors flatter where
    they were made in one session with their candidates; probes from the field are better.

    Args:
        index: The gallery. Searches go through its engine, at the k that it was tuned for, so what the engine misses
            counts.
        labels: The payload column that says who each vector is of; vectors without a value are nobody's.
        probes: Vectors, shape `(n, columns)`, or one of shape `(columns,)`.
        people: Who each probe is of, in the words of the column.
        leave_out: Ask for each mated probe once more without its person.
        fpirs: Shares of strangers who may be taken for somebody.
        fars: Shares of pairs of different people that may be accepted.
        count: Of the index's own vectors so many are asked for at most, but all those of one person.
        seed: Of every random choice.

    Raises:
        UsageError: There is no such column, it names nobody, the index is empty, or the count is no count.
        DataError: Probes without people.
    """
    if count < 1:
        raise UsageError(
            "People cannot be measured with this number of vectors.",
            received=f"count = {count}",
            expected="one vector or more",
            hint=f"Leave --count out for {OWN:,}.",
        )
    sampled = None
    with index.steady():
        gallery = _gallery(index, labels)
        if probes is None:
            own, sampled = _own(index, gallery, count, seed)
            vectors, names = index.delta.wide(own), gallery.people[own]
            searches, large = _searches(index, gallery, vectors, names, own=own, leave_out=True)
        else:
            vectors, names = _checked(index, probes, people, gallery)
            searches, large = _searches(index, gallery, vectors, names, leave_out=leave_out)
    found = identification(searches, fpirs, seed=seed)
    return Measurement(found, gallery.count, _verification(vectors, names, fars, seed), sampled, large)


@dataclass(frozen=True)
class _Gallery:
    """Who each row of an index is of: a code, -1 for nobody; and the code of each name."""

    people: np.ndarray
    codes: dict[Any, int]
    count: int


def _gallery(index: Index, labels: str) -> _Gallery:
    table = index.delta.payload
    if labels not in table.column_names or not len(index):
        received = f"--labels {labels}" if len(index) else "an index that holds nothing"
        raise _nobody(received, "a payload column: " + (", ".join(table.column_names) or "the index has none"))
    encoded = table.column(labels).dictionary_encode().unify_dictionaries().combine_chunks()
    names = [str(value) for value in encoded.dictionary.to_pylist()]
    codes = {name: code for code, name in enumerate(sorted(set(names)))}
    of_value = np.array([*(codes[name] for name in names), -1], np.int64)
    people = of_value[encoded.indices.fill_null(-1).to_numpy()]
    there = np.unique(people[index.delta.alive & (people >= 0)])
    if not len(there):
        raise _nobody(f"--labels {labels}, which none of {len(index):,} vectors has", "vectors that have a person")
    return _Gallery(people, codes, len(there))


def _nobody(received: str, expected: str) -> UsageError:
    return UsageError(
        "The index does not say who its vectors are of.",
        received=received,
        expected=expected,
        hint="Build it from a folder with a sub-folder for each person, or with --payload.",
    )


def _own(index: Index, gallery: _Gallery, count: int, seed: int) -> tuple[np.ndarray, Sampled | None]:
    """Rows to ask for, ascending; and what they are of, where they are not all that have a person."""
    own = np.flatnonzero(index.delta.alive & (gallery.people >= 0))
    if len(own) <= count:
        return own, None
    names = gallery.people[own]
    sizes = np.bincount(names)
    drawn = np.random.default_rng(seed).permutation(np.flatnonzero(sizes))
    some = drawn[: max(1, int(np.searchsorted(np.cumsum(sizes[drawn]), count, side="right")))]
    chosen = own[np.isin(names, some)]
    return chosen, Sampled(len(chosen), len(some), len(own), gallery.count)


def _checked(
    index: Index, probes: np.ndarray, people: Sequence[str | None] | None, gallery: _Gallery
) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors of the probes that have a person, and whose they are; strangers have codes after the gallery's."""
    probes = np.atleast_2d(probes)
    check_columns(probes.shape[-1], index.columns)
    known = [place for place, name in enumerate(people or ()) if name is not None]
    if people is None or len(people) != len(probes) or not known:
        raise DataError(
            "It is not known who the probes are of.",
            received=f"{len(probes)} probes, {len(known)} of them with a person",
            expected="a person for each, those who are not in the index included",
            hint="Put the photos of each person into a sub-folder of their name.",
        )
    codes = dict(gallery.codes)
    names = np.array([codes.setdefault(str(people[place]), len(codes)) for place in known], np.int64)
    return unit_vectors(probes[known]), names


def _searches(
    index: Index,
    gallery: _Gallery,
    vectors: np.ndarray,
    names: np.ndarray,
    own: np.ndarray | None = None,
    leave_out: bool = False,
) -> tuple[Searches, int]:
    """Every probe as it is; with `leave_out`, every mated one once more, without its person.

    Also how many people were not asked for in the second way, since no search can look past all their vectors.

    As it is, a probe gets as many candidates as users do: a wider search would find what the engine misses for them.

    Args:
        index: The gallery.
        gallery: Who its rows are of.
        vectors: Unit vectors.
        names: Code of the person of each.
        own: Row of each in the index, which then is no candidate; None for probes from outside.
        leave_out: Whether mated probes are strangers too.
    """
    there = np.bincount(gallery.people[index.delta.alive & (gallery.people >= 0)], minlength=names.max() + 1)
    mated = there[names] > (own is not None)
    again = np.flatnonzero(mated if own is None else np.ones(len(names), bool)) if leave_out else np.zeros(0, np.int64)
    is_large = there[names[again]] > _MOST_OF_ONE
    large, again = len(np.unique(names[again[is_large]])), again[~is_large]
    most = int(there[names[again]].max(initial=0))
    k = min(index.generation.manifest.target.k, len(index))
    first = np.flatnonzero(mated | (own is None))
    plain, without = _Table(len(first), k), _Table(len(again), k)
    for place, hits in _hits(index, vectors[first], k + (own is not None)):
        people = gallery.people[hits.rows]
        plain.put(place, people, hits.scores, hits.rows != (-1 if own is None else own[first[place]]))
    for place, hits in _hits(index, vectors[again], k + most):
        people = gallery.people[hits.rows]
        without.put(place, people, hits.scores, people != names[again[place]])
    searches = Searches(
        np.concatenate([names[first], names[again]]),
        np.concatenate([plain.people, without.people]),
        np.concatenate([plain.scores, without.scores]),
        np.concatenate([mated[first], np.zeros(len(again), bool)]),
        len(index),
    )
    return searches, large


def _hits(index: Index, vectors: np.ndarray, k: int) -> Iterator[tuple[int, Hits]]:
    """What is found for each, with its place; some at a time, since hits of all of them would take memory."""
    for start in range(0, len(vectors), _AT_ONCE):
        yield from enumerate(index.rows_near(vectors[start : start + _AT_ONCE], min(k, len(index))), start)


class _Table:
    """Candidates of many searches."""

    def __init__(self, count: int, k: int) -> None:
        self.people, self.scores = np.full((count, k), -1, np.int64), np.full((count, k), -np.inf)

    def put(self, place: int, people: np.ndarray, scores: np.ndarray, counted: np.ndarray) -> None:
        some = np.flatnonzero(counted)[: self.people.shape[1]]
        self.people[place, : len(some)], self.scores[place, : len(some)] = people[some], scores[some]


def _verification(vectors: np.ndarray, names: np.ndarray, fars: Sequence[float], seed: int) -> tuple[Estimate, ...]:
    counts = np.bincount(names)
    if (counts > 0).sum() < 2 or counts.max(initial=0) < 2:
        return ()
    made = pairs(vectors, names, seed=seed)
    return tuple(tar_at_far(made, far, seed) for far in fars)
