from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_vectors import identities, row_file

from vandap.search.nearest import Best, among, exact, top


def _sorted(scores: np.ndarray, k: int) -> np.ndarray:
    return -np.sort(-scores, axis=1)[:, :k]


def test_block_by_block_is_all_at_once() -> None:
    """The k best of blocks of any size are the k best of all, with their rows."""
    scores = np.random.default_rng(0).standard_normal((4, 1000)).astype(np.float32)
    for size in (1, 33, 1000):
        best = Best(4, 7)
        for start in range(0, 1000, size):
            part = scores[:, start : start + size]
            best.take(part, np.arange(start, start + part.shape[1]))
        assert np.array_equal(best.found.scores, _sorted(scores, 7))
        assert np.array_equal(np.take_along_axis(scores, best.found.rows, 1), best.found.scores)


def test_blocks_can_be_looked_at_before_those_ahead_of_them_are_taken_in() -> None:
    """As threads do: what was better than an older state holds all that is better than a newer one."""
    scores = np.random.default_rng(3).standard_normal((4, 1000)).astype(np.float32)
    best = Best(4, 7)
    for start in range(0, 1000, 250):
        found = [best.better(scores[:, at : at + 50], np.arange(at, at + 50)) for at in range(start, start + 250, 50)]
        for block in found:
            best.merge(block)
    assert np.array_equal(best.found.scores, _sorted(scores, 7))
    assert np.array_equal(np.take_along_axis(scores, best.found.rows, 1), best.found.scores)


def test_what_is_seen_can_be_gone_on_with() -> None:
    """A pass that was cut and resumed finds the same."""
    scores = np.random.default_rng(1).standard_normal((2, 100)).astype(np.float32)
    first = Best(2, 5)
    first.take(scores[:, :50], np.arange(50))
    second = Best.resumed(first.found)
    second.take(scores[:, 50:], np.arange(50, 100))
    assert np.array_equal(second.found.scores, _sorted(scores, 5))


def test_fewer_rows_than_asked_for() -> None:
    """What is missing is -1 with a score of minus infinity."""
    best = Best(1, 3)
    best.take(np.array([[0.5]], np.float32), np.array([8]))
    assert best.found.rows.tolist() == [[8, -1, -1]] and np.isneginf(best.found.scores[0, 1:]).all()


@pytest.mark.parametrize("count", [5, 39, 41, 500])
def test_equal_scores_are_in_order_of_number(count: int) -> None:
    """However many share the k-th place: the same question has the same answer, in whatever order rows come."""
    draw = np.random.default_rng(count)
    for kinds in (1, 2, 9):
        numbers, scores = draw.permutation(count), draw.integers(0, kinds, count).astype(np.float32)
        best = sorted(zip(-scores, numbers, strict=True))[:10]
        found, values = top(numbers, scores, 10)
        assert list(zip(-values, found, strict=True)) == best


def test_rows_left_out_are_not_found(tmp_path: Path) -> None:
    """Only allowed rows are among the exact neighbours."""
    rows = row_file(tmp_path, identities(500))
    allowed = np.arange(500) % 2 == 0
    found = exact(rows, rows.wide(np.arange(5)), 10, allowed)
    assert (found.rows % 2 == 0).all()
    near, scores = among(rows, rows.wide(np.array([4]))[0], np.flatnonzero(allowed), 10)
    assert np.array_equal(near, found.rows[4]) and (np.diff(scores) <= 0).all()
