"""Dealing rows out to parts."""

from __future__ import annotations

import numpy as np

from vandap.data.allocate import allocate


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
