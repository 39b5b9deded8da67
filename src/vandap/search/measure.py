"""Does the promise still hold? Recall of the index as it is now, against exact search."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vandap.errors import UsageError
from vandap.search.delta import Delta
from vandap.search.index import Index
from vandap.search.nearest import Best
from vandap.search.recall import hits, measured
from vandap.search.target import Recall

_BLOCK = 8192


@dataclass(frozen=True)
class Measured:
    """What was measured.

    Args:
        recall: Recall with its lower bound.
        target: What was promised.
        lost: What the rounding of rows was measured to lose when the index was built; it is taken off.
        kept: Whether the measurement does not contradict the promise: the estimate reaches it.
    """

    recall: Recall
    target: float
    lost: float
    kept: bool


def measure(path: str | Path, queries: np.ndarray | None = None, count: int = 500, seed: int = 0) -> Measured:
    """Measure the recall of an index again.

    Args:
        path: The index's folder.
        queries: Unit vectors, float32, that are not in the index; vectors of the index, each without itself among its
            neighbours, when left out.
        count: How many vectors of the index to ask for.
        seed: Chooses them.

    Raises:
        UsageError: The index holds no more vectors than it is asked for.
    """
    index = Index(path)
    target = index.generation.manifest.target
    if len(index) <= target.k + 1:
        raise UsageError(
            "The index is too small for its recall to be measured.",
            received=f"{len(index)} vectors, recall at {target.k}",
            expected=f"at least {target.k + 2} vectors",
            hint="Add some first.",
        )
    own = None
    if queries is None:
        alive = np.flatnonzero(index.delta.alive)
        own = np.sort(np.random.default_rng(seed).choice(alive, min(count, len(alive)), replace=False))
        queries = index.delta.wide(own)
    truth = true_scores(index.delta, np.flatnonzero(index.delta.alive), queries, target.k, own)
    found = index.rows_near(queries, target.k + (own is not None))
    scores = np.full((len(queries), target.k), -np.inf, np.float32)
    for place, near in enumerate(found):
        kept = near.scores if own is None else near.scores[near.rows != own[place]]
        scores[place, : len(kept[: target.k])] = kept[: target.k]
    recall = measured(hits(scores, truth, target.k) / target.k, target.k)
    lost = index.generation.manifest.lost
    recall = replace(recall, estimate=recall.estimate - lost, lower95=max(0.0, recall.lower95 - lost))
    return Measured(recall, target.recall, lost, recall.estimate >= target.recall)


def true_scores(
    delta: Delta, alive: np.ndarray, queries: np.ndarray, k: int, own: np.ndarray | None = None
) -> np.ndarray:
    """Cosines of the true k nearest of each query, shape (queries, k).

    Args:
        delta: The rows.
        alive: Numbers of those that count, ascending.
        queries: Unit vectors, float32.
        k: How many.
        own: The row that each query is, ascending, which is no neighbour of itself; None where they are none.
    """
    best = Best(len(queries), k)
    for start in range(0, len(alive), _BLOCK):
        rows = alive[start : start + _BLOCK]
        scores = delta.products(queries, rows)
        if own is not None:
            here = np.flatnonzero((own >= rows[0]) & (own <= rows[-1]))
            scores[here, np.searchsorted(rows, own[here])] = -np.inf
        best.take(scores, rows)
    return best.found.scores
