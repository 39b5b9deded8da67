"""The exact answer: the k nearest rows by a pass over all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from vandap.search.rows import Rows

BLOCK = 16_384
"""Rows a product takes: with 1,000 queries the block of scores is 64 MiB."""
Better = tuple[int, np.ndarray, np.ndarray]
"""A query, and scores and numbers of rows that may be among its best."""


@dataclass(frozen=True)
class Nearest:
    """The best rows of each query, best first.

    Args:
        rows: Row numbers, int64, shape (queries, k); -1 where there are fewer than k.
        scores: Cosines, float32, shape (queries, k); -inf where there are fewer than k.
    """

    rows: np.ndarray
    scores: np.ndarray


class Best:
    """The k best of all the scores seen so far, block by block.

    Args:
        queries: How many queries.
        k: How many rows to keep for each.
    """

    def __init__(self, queries: int, k: int) -> None:
        self._k = k
        self._rows = np.full((queries, k), -1, np.int64)
        self._scores = np.full((queries, k), -np.inf, np.float32)

    @classmethod
    def resumed(cls, seen: Nearest) -> Best:
        """Go on from what was seen before."""
        best = cls(*seen.rows.shape)
        best._rows, best._scores = seen.rows.copy(), seen.scores.copy()
        return best

    def take(self, scores: np.ndarray, rows: np.ndarray) -> None:
        """Take in a block.

        Args:
            scores: Shape (queries, block).
            rows: Row numbers, shape (block,).
        """
        self.merge(self.better(scores, rows))

    def better(self, scores: np.ndarray, rows: np.ndarray) -> list[Better]:
        """What of a block may be among the best; changes nothing, so that threads can look at blocks side by side.

        Args:
            scores: Shape (queries, block).
            rows: Row numbers, shape (block,).
        """
        floor, found = self._scores[:, -1].copy(), list[Better]()
        for query in np.flatnonzero(scores.max(axis=1, initial=-np.inf) > floor):
            better = np.flatnonzero(scores[query] > floor[query])
            if len(better) > self._k:
                better = better[np.argpartition(-scores[query, better], self._k)[: self._k]]
            found.append((int(query), scores[query, better], rows[better]))
        return found

    def merge(self, found: Iterable[Better]) -> None:
        """Take in what was found in a block."""
        for query, scores, rows in found:
            self._merge(query, scores, rows)

    def _merge(self, query: int, scores: np.ndarray, rows: np.ndarray) -> None:
        all_scores = np.concatenate([self._scores[query], scores])
        all_rows = np.concatenate([self._rows[query], rows])
        order = np.argsort(-all_scores, kind="stable")[: self._k]
        self._scores[query], self._rows[query] = all_scores[order], all_rows[order]

    @property
    def found(self) -> Nearest:
        """The best so far."""
        return Nearest(self._rows, self._scores)


def exact(rows: Rows, queries: np.ndarray, k: int, allowed: np.ndarray | None = None) -> Nearest:
    """The k nearest rows of each query by a pass over all of them.

    Args:
        rows: The vectors.
        queries: Unit vectors, float32, shape (queries, columns).
        k: How many.
        allowed: bool for each row; others are left out.
    """
    return exact_under(rows, queries, k, (np.ones(rows.count, bool) if allowed is None else allowed,))[0]


def exact_under(
    rows: Rows, queries: np.ndarray, k: int, selections: Sequence[np.ndarray], *, once: bool = False
) -> list[Nearest]:
    """The k nearest rows of each query under each of several selections, in one pass.

    Args:
        rows: The vectors.
        queries: Unit vectors, float32, shape (queries, columns).
        k: How many.
        selections: bool for each row; others are left out.
        once: Rows will not be read again soon, and need not stay mapped.
    """
    best = [Best(len(queries), k) for _ in selections]
    for start, scores in rows.all_scores(queries, BLOCK):
        numbers = np.arange(start, start + scores.shape[1])
        for kept, selection in zip(best, selections, strict=True):
            chosen = selection[numbers[0] : numbers[-1] + 1]
            kept.take(scores if chosen.all() else scores[:, chosen], numbers[chosen])
        del scores  # or it would be held beside the next one
        if once:
            rows.release()
    return [kept.found for kept in best]


def among(rows: Rows, query: np.ndarray, numbers: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k nearest of some rows to one query, best first: row numbers and cosines.

    Args:
        rows: The vectors.
        query: Unit vector, float32.
        numbers: Row numbers without repeats.
        k: How many; fewer when there are fewer numbers.
    """
    return top(numbers, rows.scores(query, numbers), k)


def top(numbers: np.ndarray, scores: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k best scores and their numbers, best first; equal scores in order of number."""
    if len(scores) > 4 * k:
        kept = (scores >= np.partition(scores, -k)[-k]).nonzero()[0]  # all that tie at the k-th place
        numbers, scores = numbers[kept], scores[kept]
    order = np.lexsort((numbers, -scores))[:k]
    return numbers[order], scores[order]
