"""What the rows of a comparison belong to."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from made_contents import contents, dataset, table

from vandap.core.recipe import DataSpec
from vandap.pipeline.judge import groups_of


def session(copies: np.ndarray, groups: np.ndarray | None = None) -> Any:
    """A session about a table whose rows are copies by number."""
    made = contents(table(len(copies)), (copies % 2).astype(np.int32), hashes=copies, groups=groups)
    spec = DataSpec("memory", folds=0, group=None if groups is None else "patient")
    return SimpleNamespace(dataset=dataset(made, spec))


def test_copies_are_one_witness() -> None:
    """Where every row stands three times, the sets of copies are the units."""
    copies = np.arange(900) // 3
    made = session(copies)
    rows = made.dataset.split.validation
    found = groups_of(made, rows)
    assert found is not None
    np.testing.assert_array_equal(
        np.unique(found, return_inverse=True)[1], np.unique(copies[rows], return_inverse=True)[1]
    )


def test_a_few_pairs_leave_rows_the_units() -> None:
    """Two copies of a thousand rows widen nothing that matters; of named groups, the smallest pair counts."""
    copies = np.concatenate([[0, 0], np.arange(1, 999)])
    made = session(copies)
    assert groups_of(made, np.arange(1000)) is None
    grouped = session(np.arange(1000), groups=copies)
    assert groups_of(grouped, np.arange(1000)) is not None
    assert groups_of(grouped, np.arange(2, 1000)) is None
