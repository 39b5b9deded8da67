"""Blockwise work gives what numpy gives at once."""

from __future__ import annotations

import numpy as np
import pytest

from vandap.core import rows


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks so small that every case needs several."""
    monkeypatch.setattr(rows, "BLOCK", 16)
    monkeypatch.setattr(rows, "SORTED_AT_ONCE", 20)


@pytest.mark.parametrize("count", [0, 1, 16, 101])
def test_picking_and_counting(count: int) -> None:
    """Masks, selections, assignments and counts agree with plain indexing."""
    generator = np.random.default_rng(count)
    codes = generator.integers(-1, 6, count)
    chosen = rows.rows_where(codes > 2)
    np.testing.assert_array_equal(chosen, np.flatnonzero(codes > 2))
    np.testing.assert_array_equal(rows.picked(codes, chosen), codes[chosen])
    known = codes[codes >= 0]
    np.testing.assert_array_equal(rows.count_codes(codes, 6), np.bincount(known, minlength=6))
    np.testing.assert_array_equal(rows.count_codes(codes, 6, chosen), np.bincount(codes[chosen], minlength=6))
    rows.assign(codes, chosen, 9)
    assert (codes[chosen] == 9).all()
    np.testing.assert_array_equal(rows.without(rows.every_row(count), chosen), np.flatnonzero(codes <= 2))


@pytest.mark.parametrize("distinct", [1, 7, 10**6])
@pytest.mark.parametrize("count", [0, 1, 20, 333])
def test_stable_order(count: int, distinct: int) -> None:
    """Ranges sorted one by one are one stable sort, with ties, infinities and NaN."""
    generator = np.random.default_rng(count)
    values = generator.integers(0, distinct, count).astype(float)
    values[generator.random(count) < 0.1] = np.inf
    values[generator.random(count) < 0.1] = np.nan
    np.testing.assert_array_equal(rows.stable_order(values), np.argsort(values, kind="stable"))


@pytest.mark.parametrize("count", [0, 1, 16, 333])
def test_by_code_is_a_sort_by_two_keys(count: int) -> None:
    """Random order, then code, is `lexsort`; ranks count the rows of a code from 0."""
    generator = np.random.default_rng(count)
    chance, codes = generator.random(count), generator.integers(0, 5, count)
    order = rows.by_code(rows.stable_order(chance), codes, 5)
    np.testing.assert_array_equal(order, np.lexsort((chance, codes)))
    np.testing.assert_array_equal(rows.shuffled(count, np.random.default_rng(count)), np.argsort(chance, kind="stable"))
    expected = [int((codes[:place] == code).sum()) for place, code in enumerate(codes)]
    assert rows.ranks(codes - 2).tolist() == expected


def test_one_hot_rows_are_those_of_the_identity() -> None:
    """As `numpy.eye(length)[codes]`, in the type asked for."""
    codes = np.array([3, 0, 0, 2])
    np.testing.assert_array_equal(rows.one_hot(codes, 4), np.eye(4)[codes])
    assert rows.one_hot(codes, 4, np.float32).dtype == np.float32
