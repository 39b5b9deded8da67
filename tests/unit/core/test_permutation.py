"""Orders of many rows that are computed, not stored."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from vandap.core.permutation import Permutation


@pytest.mark.parametrize("count", [0, 1, 2, 3, 10, 16, 17, 999, 65_536])
def test_every_number_comes_once(count: int) -> None:
    """It is a permutation, whether or not the count is a square."""
    assert np.array_equal(np.sort(Permutation(count, (1,))[:count]), np.arange(count))


def test_any_stretch_is_the_same_piece_of_one_order() -> None:
    """Where reading starts changes nothing; another seed gives another order; the end is the end."""
    order = Permutation(5000, (3, 1))
    assert np.array_equal(order[1234:1300], order[:5000][1234:1300])
    assert len(order[4990:6000]) == 10
    assert not np.array_equal(order[:100], Permutation(5000, (3, 2))[:100])


def test_it_looks_like_chance() -> None:
    """Positions of one number over seeds are uniform, and neighbours are no nearer than chance puts them."""
    count = 10_007
    firsts = np.array([Permutation(count, (seed,))[:1][0] for seed in range(1000)])
    assert stats.chisquare(np.bincount(firsts * 20 // count, minlength=20)).pvalue > 1e-4
    order = Permutation(count, (0,))[:count]
    assert abs(np.corrcoef(order[:-1], order[1:])[0, 1]) < 4 / np.sqrt(count)
    gaps = np.abs(np.diff(order)) / count
    assert stats.kstest(gaps, lambda gap: 2 * gap - gap**2).pvalue > 1e-4


def test_batches_are_as_mixed_as_a_shuffle() -> None:
    """The share of a class of ascending rows scatters over batches as a hypergeometric draw does."""
    count, batch = 20_000, 50
    order = Permutation(count, (7,))[:count]
    shares = (order < count // 4).reshape(-1, batch).sum(axis=1)
    expected = stats.hypergeom(count, count // 4, batch).var()
    assert expected * 0.75 < shares.var() < expected * 1.3
