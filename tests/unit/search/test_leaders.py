"""Small groups, found in one pass."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_vectors import identities, row_file

from vandap.search.engines._homes import Homes
from vandap.search.engines._kmeans import gathered
from vandap.search.engines._leaders import leaders, two_kinds
from vandap.search.rows import Rows, normalised

EACH, COLUMNS, LISTS = 20, 512, 64


def exact(found: np.ndarray):
    """The nearest centre of each row."""
    return lambda rows: (rows @ found.T).argmax(axis=1)


def order(rows: Rows) -> np.ndarray:
    """All rows in random order."""
    return np.random.default_rng(1).permutation(rows.count)


def together(lists: np.ndarray, vectors: np.ndarray) -> float:
    """Share of the pairs of near rows that have the same nearest list."""
    home = exact(lists)(vectors)
    near = np.argwhere(np.triu(vectors @ vectors.T > 0.45, 1))
    return float((home[near[:, 0]] == home[near[:, 1]]).mean())


def test_groups_are_found_and_go_into_lists_as_wholes(tmp_path: Path) -> None:
    """About one leader a group, and one list for nearly all pairs of near rows."""
    vectors = identities(4000, COLUMNS, EACH)
    rows = row_file(tmp_path, vectors)
    found = leaders(rows, order(rows), LISTS)
    assert found is not None and 195 <= len(found.centres) <= 230
    np.testing.assert_allclose(np.linalg.norm(found.centres, axis=1), 1, atol=1e-3)
    lists, homes = gathered(found.centres, LISTS, exact, 0)
    assert lists.shape == (LISTS, COLUMNS)
    assert together(lists, vectors) > 0.97
    assert (exact(lists)(found.centres) == homes).mean() > 0.97


def test_rows_find_their_lists_by_way_of_their_group(tmp_path: Path) -> None:
    """Most do, and those the right ones; a row of no group finds none."""
    vectors = identities(4000, COLUMNS, EACH)
    rows = row_file(tmp_path, vectors)
    found = leaders(rows, order(rows), LISTS)
    assert found is not None
    lists, homes = gathered(found.centres, LISTS, exact, 0)
    way, elsewhere = Homes.to(found, homes), 10**6
    given = way.of(vectors, elsewhere)
    sure = given >= 0
    assert sure.mean() > 0.4
    assert (given == exact(lists)(vectors))[sure].mean() > 0.97
    strangers = normalised(np.random.default_rng(5).standard_normal((50, COLUMNS)).astype(np.float32))
    assert (way.of(strangers, elsewhere) == -1).all()


def test_rows_that_made_the_groups_are_not_looked_for_again(tmp_path: Path) -> None:
    """Their group is known by their number, whatever is looked at; other rows are looked for."""
    vectors = identities(4000, COLUMNS, EACH)
    rows = row_file(tmp_path, vectors)
    found = leaders(rows, order(rows), LISTS)
    assert found is not None
    assert len(found.members) == len(np.unique(found.members)) >= 64
    cosines = np.einsum("ij,ij->i", found.centres[found.homes], vectors[found.members])
    assert (cosines > found.threshold).mean() > 0.97
    way = Homes.to(found, np.arange(len(found.centres)))
    blank = np.zeros((1000, COLUMNS), np.float32)
    expected = np.full(4000, -1)
    expected[found.members] = found.homes
    given = np.concatenate([way.of(blank, first) for first in range(0, 4000, 1000)])
    np.testing.assert_array_equal(given, expected)


@pytest.mark.parametrize("kind", ["even", "wide", "pairs", "large", "few"])
def test_other_data_are_left_to_k_means(kind: str, tmp_path: Path) -> None:
    """No groups at all, wide ones, far more groups than lists could tell, or fewer than lists."""
    generator = np.random.default_rng(0)
    noise = generator.standard_normal((4000, COLUMNS)).astype(np.float32)
    sheet = (generator.standard_normal((4000, 6)) @ generator.standard_normal((6, COLUMNS))).astype(np.float32)
    made = {
        "even": lambda: normalised(noise),
        "wide": lambda: normalised(sheet + 0.1 * noise),
        "pairs": lambda: identities(4000, COLUMNS, 2),
        "large": lambda: identities(4000, COLUMNS, 400),
        "few": lambda: identities(4000, COLUMNS, 160),
    }
    rows = row_file(tmp_path, made[kind]())
    assert leaders(rows, order(rows), LISTS) is None


def test_a_threshold_lies_between_two_kinds_of_scores() -> None:
    """Far apart, it explains nearly all of the variance; a single kind never reaches what leaders ask for."""
    generator = np.random.default_rng(0)
    low, high = generator.normal(0.2, 0.02, 900), generator.normal(0.6, 0.05, 100)
    threshold, explained = two_kinds(np.concatenate([low, high]))
    assert 0.25 < threshold < 0.5 and explained > 0.95
    assert two_kinds(generator.normal(size=5000))[1] < 0.7
    assert two_kinds(generator.uniform(size=5000))[1] < 0.78
    assert two_kinds(np.full(10, 0.5))[1] == 0.0
    assert two_kinds(1 - np.arange(10, dtype=np.float32) * 6e-8)[1] == 0.0


@pytest.mark.parametrize("alike", [False, True])
def test_no_list_is_crowded(alike: bool) -> None:
    """Groups for whom there is no room near them go elsewhere, also where all of them want the same list."""
    generator = np.random.default_rng(2)
    groups = normalised(generator.standard_normal((1000, 32)).astype(np.float32) + (50 if alike else 0))
    lists, homes = gathered(groups, 100, exact, 0)
    sizes = np.bincount(homes, minlength=100)
    assert sizes.sum() == 1000
    np.testing.assert_allclose(np.linalg.norm(lists, axis=1), 1, atol=1e-5)
    if not alike:
        assert sizes.max() <= 15
        assert sizes.max() > 10  # room is not the only thing that decides
        nearest = exact(lists)(groups)
        assert (nearest == homes).mean() > 0.8


def test_rows_in_the_order_of_their_groups_make_as_few_leaders(tmp_path: Path) -> None:
    """As photos lie in the folders of their people: two that meet in a block would both become leaders."""
    generator = np.random.default_rng(3)
    centres = normalised(generator.standard_normal((800, COLUMNS)))
    noise = generator.standard_normal((16_000, COLUMNS)) / np.sqrt(COLUMNS)
    rows = row_file(tmp_path, normalised(np.repeat(centres, EACH, axis=0) * np.sqrt(0.6) + noise * np.sqrt(0.4)))
    found = leaders(rows, order(rows), 256)
    assert found is not None
    pairs = np.unique(np.stack([found.members // EACH, found.homes]), axis=1)
    several = np.mean(np.unique(pairs[0], return_counts=True)[1] > 1)
    assert several < 0.08
