"""Sets that hold only the rows which share one."""

from __future__ import annotations

import numpy as np
import pytest

from vandap.core import rows
from vandap.data.sets import Sets


@pytest.fixture
def labels() -> np.ndarray:
    """Sixty rows in sets of one to several."""
    return np.random.default_rng(0).integers(0, 50, 60)


def same_partition(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two labellings put the same rows together."""
    pairs = len(np.unique(np.stack([one, other]), axis=1).T)
    return len(np.unique(one)) == len(np.unique(other)) == pairs


def test_labels_come_back(labels: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sets made of labels, in blocks, hold the same partition and count the same sets and first rows."""
    monkeypatch.setattr(rows, "BLOCK", 7)
    sets = Sets.of(labels)
    assert same_partition(np.asarray(sets), labels)
    assert sets.count == len(np.unique(labels)) == int(np.asarray(sets).max()) + 1
    assert sets.repeats == 60 - sets.count
    np.testing.assert_array_equal(sets.firsts, np.sort(np.unique(labels, return_index=True)[1]))


def test_different_rows_cost_nothing() -> None:
    """Where no label repeats nothing is held."""
    sets = Sets.of(np.arange(100, dtype=np.uint64))
    assert sets.count == 100
    assert not len(sets.members)
    assert not len(Sets.of(np.zeros(0)).members)


def test_a_selection_keeps_the_sets_among_it(labels: np.ndarray) -> None:
    """Positions within some rows, and rows in use, keep exactly the pairs among them."""
    sets, chosen = Sets.of(labels), np.flatnonzero(np.random.default_rng(1).random(60) < 0.6)
    assert same_partition(np.asarray(sets.within(chosen)), labels[chosen])
    used = np.zeros(60, bool)
    used[chosen] = True
    assert sets.among(used).repeats == len(chosen) - len(np.unique(labels[chosen]))


def test_sets_across_parts(labels: np.ndarray) -> None:
    """Rows whose set reaches into another part are found as `isin` finds them."""
    parts, sets = np.random.default_rng(2).integers(-1, 3, 60), Sets.of(labels)
    expected = np.flatnonzero((parts == 1) & np.isin(labels, labels[parts == 0]))
    np.testing.assert_array_equal(sets.shared(parts, 0, 1), expected)
    several = [
        row for row in range(60) if parts[row] >= 0 and len(set(parts[(labels == labels[row]) & (parts >= 0)])) > 1
    ]
    assert sets.straddling(parts).tolist() == several
