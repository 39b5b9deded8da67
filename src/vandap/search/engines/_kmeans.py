"""The centres of lists: spherical k-means over a sample that grows from round to round.

The first rounds only have to spread the centres, for which few rows do; the last one settles them. With rounds of 5,
10, 20 and 40 rows a list the lists of made faces hold more whole identities than with six rounds of 40, at a third of
the work (one list found 0.74 of a query's neighbours, and 0.73). Rows are read from the file in blocks, so a sample of
millions takes no memory.

References:
    Dhillon and Modha, Concept decompositions for large sparse text data using clustering, Machine Learning 2001;
    Sculley, Web-scale k-means clustering, WWW 2010.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vandap.search.rows import Rows

ROUNDS = (5, 10, 20, 40)
"""Rows a list in each round."""
_BLOCK = 8192
_APART = 1e-3
"""How far the halves of a list that is split lie apart, as a share of its length."""

Assign = Callable[[np.ndarray], np.ndarray]


def centres(
    rows: Rows, sample: np.ndarray, lists: int, assigner: Callable[[np.ndarray], Assign], seed: int
) -> np.ndarray:
    """Learn the centres.

    Args:
        rows: The vectors.
        sample: Numbers of rows to learn from, in random order, at least as many as lists.
        lists: How many centres.
        assigner: Makes, from centres, what gives the nearest one of each row.
        seed: Of how empty lists are filled.

    Returns:
        Unit vectors, float32, shape (lists, columns).
    """
    generator = np.random.default_rng(seed)
    found = rows.wide(np.sort(sample[:lists]))
    for each in ROUNDS:
        found = _moved(rows, np.sort(sample[: each * lists]), found, assigner(found), generator)
    return found


def _moved(
    rows: Rows, numbers: np.ndarray, before: np.ndarray, assign: Assign, generator: np.random.Generator
) -> np.ndarray:
    """The centres of the rows that are nearest to each centre."""
    sums, sizes = np.zeros_like(before), np.zeros(len(before), np.int64)
    for start in range(0, len(numbers), _BLOCK):
        block = rows.wide(numbers[start : start + _BLOCK])
        rows.release()
        nearest = assign(block)
        order = np.argsort(nearest, kind="stable")
        which, firsts = np.unique(nearest[order], return_index=True)
        sums[which] += np.add.reduceat(block[order], firsts, axis=0)
        sizes += np.bincount(nearest, minlength=len(sizes))
    _split(sums, sizes, generator)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    nowhere = lengths[:, 0] == 0  # rows that cancel each other out
    sums[nowhere] = before[nowhere]
    sums /= np.where(lengths > 0, lengths, 1)
    return sums


def _split(sums: np.ndarray, sizes: np.ndarray, generator: np.random.Generator) -> None:
    """Give each empty list a half of one of the largest."""
    empty = np.flatnonzero(sizes == 0)
    if not len(empty):
        return
    filled = len(sizes) - len(empty)
    halves = sums[np.argsort(-sizes, kind="stable")[np.arange(len(empty)) % max(1, filled)]]
    noise = generator.standard_normal(halves.shape, np.float32) / np.sqrt(np.float32(halves.shape[1]))
    sums[empty] = halves + _APART * np.linalg.norm(halves, axis=1, keepdims=True) * noise
