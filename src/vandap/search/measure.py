"""Does the promise still hold? Recall of the index as it is now, against exact search."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vandap.errors import UsageError
from vandap.search.delta import Delta
from vandap.search.index import Index
from vandap.search.nearest import Best
from vandap.search.recall import REPEATS, less, measured, shares, upper
from vandap.search.rows import normalised
from vandap.search.target import Recall

_BLOCK = 8192
_CONFIDENCE = 0.99
"""Of the bound that says that a promise is broken: at 95 % one kept exactly would be called broken once in 20 times."""


@dataclass(frozen=True)
class Measured:
    """What was measured.

    Args:
        recall: Recall with its lower bound.
        highest: Its upper bound at 99 % confidence.
        target: What was promised.
        lost: What the rounding of rows was measured to lose when the index was built; it is taken off all three.
        stored: Whether the queries are vectors of the index.
    """

    recall: Recall
    highest: float
    target: float
    lost: float
    stored: bool

    @property
    def kept(self) -> bool:
        """Whether the measurement does not contradict the promise: the upper bound reaches it."""
        return self.highest >= self.target


def measure(path: str | Path, queries: np.ndarray | None = None, count: int = 500, seed: int = 0) -> Measured:
    """Measure the recall of an index again.

    Args:
        path: The index's folder.
        queries: Unit vectors, float32; vectors of the index when left out. A row that is the query itself is no
            neighbour of it.
        count: How many vectors of the index to ask for.
        seed: Chooses them.

    Raises:
        UsageError: The index holds no more vectors than it is asked for, or nothing but repeats of the queries; or a
            number that cannot be.
    """
    if count < 1 or seed < 0:
        raise UsageError(
            "Recall cannot be measured with these numbers.",
            received=f"count = {count}, seed = {seed}",
            expected="one query or more, and a seed of 0 or more",
            hint="Leave --count out for 500.",
        )
    index = Index(path)
    with index.steady():
        return _measured(index, queries, count, seed)


def _measured(index: Index, queries: np.ndarray | None, count: int, seed: int) -> Measured:
    target, stored = index.generation.manifest.target, queries is None
    if len(index) <= target.k + 1:
        raise UsageError(
            "The index is too small for its recall to be measured.",
            received=f"{len(index)} vectors, recall at {target.k}",
            expected=f"at least {target.k + 2} vectors",
            hint="Add some first.",
        )
    alive = np.flatnonzero(index.delta.alive)
    if queries is None:
        own = np.random.default_rng(seed).choice(alive, min(count, len(alive)), replace=False)
        queries = normalised(index.delta.wide(np.sort(own)))
    truth = true_scores(index.delta, alive, queries, target.k + REPEATS)
    found = shares(scores_near(index, queries, target.k + stored), truth, target.k)
    if not len(found):
        raise UsageError(
            "There is nothing to be found but repeats of the queries.",
            received=f"{len(queries)} queries, each of them more than {REPEATS} times in the index",
            expected="queries with other neighbours",
            hint="Give others with --queries.",
        )
    lost = index.generation.manifest.lost
    recall = less(measured(found, target.k), lost)
    return Measured(recall, upper(found, target.k, _CONFIDENCE) - lost, target.recall, lost, stored)


def scores_near(index: Index, queries: np.ndarray, k: int) -> np.ndarray:
    """Cosines of what a search finds, best first, shape (queries, k); -inf for none.

    Args:
        index: Searched as it is.
        queries: Unit vectors, float32.
        k: How many to ask for.
    """
    scores = np.full((len(queries), k), -np.inf, np.float32)
    for place, near in enumerate(index.rows_near(queries, k)):
        scores[place, : len(near.scores)] = near.scores
    return scores


def true_scores(delta: Delta, alive: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    """Cosines of the true k nearest of each query, best first, shape (queries, k); -inf for none.

    Args:
        delta: The rows.
        alive: Numbers of those that count, ascending.
        queries: Unit vectors, float32.
        k: How many.
    """
    best = Best(len(queries), k)
    for start in range(0, len(alive), _BLOCK):
        rows = alive[start : start + _BLOCK]
        best.take(delta.products(queries, rows), rows)
    return best.found.scores
