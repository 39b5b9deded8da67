"""Training rows that stand there twice with different classes, and whether chance explains that."""

from __future__ import annotations

from typing import Any

import numpy as np

from vandap.core.signals import Series
from vandap.watch.overlap import Rows, surely_copied

KINDS = ("exact", "conflicting", "copied", "rows")


def contradictions(inputs: Any, codes: np.ndarray) -> Series | None:
    """Count the rows whose input stands there with another class as well.

    Args:
        inputs: Training inputs: an array, or a structure of arrays; the first axis counts examples.
        codes: Class codes, shape `(examples,)`.

    Returns:
        The signal `duplicates`; None where a row has several classes. Raises where the inputs are no numbers.
    """
    rows = Rows(inputs)
    if len(codes) < len(rows.hashes):
        return None
    found, group, times = np.unique(rows.hashes, return_inverse=True, return_counts=True)
    own = codes[: len(group)]
    lowest, highest = np.full(len(found), own.max()), np.full(len(found), own.min())
    np.minimum.at(lowest, group, own)
    np.maximum.at(highest, group, own)
    conflicting = (lowest != highest)[group]
    copied = conflicting.sum() * surely_copied(rows, rows, conflicting, long=False) if conflicting.any() else 0.0
    counts = [len(group) - len(times), conflicting.sum(), copied, len(group)]
    return Series(np.array(counts, np.float64), {"kind": KINDS})
