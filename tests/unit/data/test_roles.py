"""Select and confirm rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vandap.data.hashing import hash_numbers, hash_rows
from vandap.data.roles import divide


def hashes(count: int, seed: int = 0) -> np.ndarray:
    """Hashes of different examples."""
    return hash_rows(np.random.default_rng(seed).standard_normal((count, 3)))


@given(count=st.integers(1, 700), seed=st.integers(0, 10), size=st.integers(1, 9))
def test_the_roles_are_a_partition_that_keeps_groups_together(count: int, seed: int, size: int) -> None:
    """Every row has one role, and all rows of a group the same."""
    groups = np.random.default_rng(seed).permutation(count) // size
    roles = divide(hashes(count, seed), groups)
    assert np.array_equal(np.sort(np.concatenate([roles.select, roles.confirm])), np.arange(count))
    assert not set(groups[roles.select]) & set(groups[roles.confirm])


@given(seed=st.integers(0, 1000))
def test_order_does_not_enter(seed: int) -> None:
    """A shuffled part is divided into the same examples, and so is one whose groups are numbered otherwise."""
    found = hashes(300)
    generator = np.random.default_rng(seed)
    order = generator.permutation(300)
    groups = np.arange(300) // 4
    renamed = generator.permutation(75)[groups]
    plain, mixed = divide(found, groups), divide(found[order], renamed[order])
    assert set(found[plain.confirm]) == set(found[order][mixed.confirm])


def test_no_rows_have_no_roles() -> None:
    """An empty part is divided into two empty ones."""
    roles = divide(np.zeros(0, np.uint64))
    assert len(roles.select) == len(roles.confirm) == 0


def test_other_rows_do_not_enter() -> None:
    """A part that grew or shrank within its size keeps every role: no row that screened ever decides."""
    found = hashes(2000)
    whole, part = divide(found), divide(found[:1200])
    assert set(found[:1200][part.confirm]) <= set(found[whole.confirm])


def test_copies_take_one_role() -> None:
    """Equal examples hash equal, so a copy never stands on both sides."""
    found = np.repeat(hashes(400), 2)
    roles = divide(found)
    assert not set(found[roles.select]) & set(found[roles.confirm])


@pytest.mark.parametrize(("count", "share"), [(300, 0.75), (360, 0.75), (1000, 0.5), (20_000, 0.5)])
def test_enough_rows_decide(count: int, share: float) -> None:
    """Half of the rows, three quarters of a small part, so that 200 rows decide where they can."""
    roles = divide(hashes(count))
    assert len(roles.confirm) >= 200
    assert len(roles.confirm) / count == pytest.approx(share, abs=0.08)


def test_large_groups_are_as_likely_to_decide_as_small_ones() -> None:
    """The smallest hash of many rows is small; the role must not follow it."""
    groups = np.arange(20_000) // 50
    share = len(divide(hashes(20_000), groups).confirm) / 20_000
    assert share == pytest.approx(0.5, abs=0.1)


def test_numbers_are_hashed_apart_by_their_salt() -> None:
    """The same numbers give the same hash, another salt an unrelated one; neighbours differ in half of their bits."""
    numbers = np.arange(1000)
    one, other = hash_numbers(numbers, 1), hash_numbers(numbers, 2)
    assert np.array_equal(one, hash_numbers(numbers.astype(np.uint64), 1))
    assert abs(np.corrcoef(one.astype(float), other.astype(float))[0, 1]) < 0.1
    flipped = np.bitwise_count(one[1:] ^ one[:-1]).mean()
    assert flipped == pytest.approx(32, abs=1)
