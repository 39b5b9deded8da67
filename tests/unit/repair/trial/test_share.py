"""A part of the training rows."""

from __future__ import annotations

import numpy as np

from vandap.repair.changes.data import DataShare
from vandap.repair.changes.optimisation import LearningRate
from vandap.repair.trial.share import part_of, share_of


def test_a_part_is_drawn_by_the_seed() -> None:
    """Ascending, without repetition, another one for another seed; all rows where there is no part."""
    rows = np.arange(5, 105)
    half = part_of(rows, 0.5, 1)
    assert len(half) == len(set(half.tolist())) == 50 and (np.diff(half) > 0).all()
    assert np.array_equal(half, part_of(rows, 0.5, 1)) and not np.array_equal(half, part_of(rows, 0.5, 2))
    assert part_of(rows, 1.0, 1) is rows and len(part_of(rows, 1e-9, 1)) == 1


def test_the_smallest_share_counts() -> None:
    """Other changes have none."""
    assert share_of(()) == share_of((LearningRate(0.1),)) == 1.0
    assert share_of((DataShare(0.5), DataShare(0.25))) == 0.25
