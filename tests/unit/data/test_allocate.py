"""Dealing rows out to parts."""

from __future__ import annotations

import numpy as np
import pytest

from vandap.core import rows
from vandap.data.allocate import allocate
from vandap.data.sets import Sets


def test_singles_keep_exact_shares() -> None:
    """Without units of several rows, counts that divide are met exactly, class by class."""
    strata = np.arange(300) % 3
    part = allocate(strata, np.arange(300), (0.2,) * 5, np.random.default_rng(0))
    counts = np.zeros((3, 5), int)
    np.add.at(counts, (strata, part), 1)
    assert (counts == 20).all()


def test_units_stay_whole_and_balance() -> None:
    """Groups of uneven size and classes stay whole, and no class is more than 5 points off its share."""
    generator = np.random.default_rng(1)
    units = generator.zipf(1.6, 3000) % 200
    strata = (generator.random(3000) < 0.2 + 0.5 * (units % 3 == 0)).astype(int)
    part = allocate(strata, units, (0.8, 0.2), generator)
    assert len(np.unique(np.stack([units, part]), axis=1).T) == len(np.unique(units))
    for code in (0, 1):
        assert abs((part[strata == code] == 1).mean() - 0.2) < 0.05


def test_locked_units_go_to_the_first_part() -> None:
    """A locked row takes its whole unit with it."""
    units = np.arange(40) // 4
    locked = np.zeros(40, bool)
    locked[[5, 17]] = True
    part = allocate(np.zeros(40, int), units, (0.5, 0.5), np.random.default_rng(0), locked)
    assert not part[np.isin(units, [1, 4])].any()
    assert part.any()


def test_no_part_stays_empty() -> None:
    """Three units of very different size fill three parts."""
    units = np.repeat([0, 1, 2], [100, 10, 10])
    part = allocate(np.zeros(120, int), units, (0.9, 0.05, 0.05), np.random.default_rng(0))
    assert set(part) == {0, 1, 2}


@pytest.mark.parametrize("fractions", [(0.8, 0.2), (0.25,) * 4])
def test_single_rows_are_dealt_in_blocks_as_at_once(
    fractions: tuple[float, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that are units of their own need no unit numbers, and blocks change no row's part."""
    strata = np.minimum(np.random.default_rng(0).geometric(0.4, 1000), 6)
    numbered = allocate(strata, np.random.default_rng(1).permutation(1000), fractions, np.random.default_rng(2))
    monkeypatch.setattr(rows, "BLOCK", 32)
    monkeypatch.setattr(rows, "SORTED_AT_ONCE", 50)
    alone = allocate(strata, Sets.alone(1000), fractions, np.random.default_rng(2))
    np.testing.assert_array_equal(alone, numbered)
    np.testing.assert_array_equal(alone, _dealt_at_once(strata, fractions, np.random.default_rng(2)))


def _dealt_at_once(strata: np.ndarray, fractions: tuple[float, ...], generator: np.random.Generator) -> np.ndarray:
    """Systematic sampling along the class-sorted order, written with whole arrays."""
    part = np.zeros(len(strata), int)
    order = np.lexsort((generator.random(len(strata)), strata))
    for number in range(len(fractions) - 1, 0, -1):
        share = fractions[number] / sum(fractions[: number + 1])
        reached = np.floor(np.cumsum(np.full(len(order), share)) + generator.random())
        chosen = np.diff(reached, prepend=0.0) > 0
        part[order[chosen]] = number
        order = order[~chosen]
    return part
