"""A part of the training rows, drawn by the seed of the trial."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from vandap.repair.changes.change import Change
from vandap.repair.changes.data import DataShare


def share_of(changes: Iterable[Change]) -> float:
    """The part of the training rows that a trial with these changes trains on."""
    return min((change.share for change in changes if isinstance(change, DataShare)), default=1.0)


def part_of(rows: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Some of the rows, ascending; all of them where the share is 1.

    Args:
        rows: Positions of the training rows, shape `(n,)`.
        share: The part, above 0.
        seed: Seed of the trial.
    """
    if share >= 1.0:
        return rows
    count = max(round(share * len(rows)), 1)
    return np.sort(np.random.default_rng(seed).permutation(rows)[:count])
