"""What a reader returns: everything that stands in the user's files, before it is split."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from vandap.core.dataset import Examples
from vandap.core.schema import Column
from vandap.core.task import Task

TRAIN = "train"
VALIDATION = "validation"
TEST = "test"
PARTS = (TRAIN, VALIDATION, TEST)


@dataclass(frozen=True)
class Contents:
    """The data as read, one entry a row in every array.

    Args:
        name: A short name, safe in a file name.
        source: Where it was read from, as the user gave it.
        examples: The raw inputs.
        target: Class codes (int32) or numbers (float64), shape `(rows,)`. Rows without a target are left out already.
        classes: Class names by code; empty for regression.
        task: What is to be predicted.
        columns: The schema.
        parts: The part that the user's files give each row (`train`, `validation`, `test`), or None.
        groups: int64 codes of the group column, or None.
        time: float64 seconds since 1970 (or the number that the time column holds), or None.
        hashes: uint64 content hash of each row's input, without its target: equal inputs hash equal.
        fingerprint: Hash of the content of the files (hexadecimal).
        notes: What was guessed, skipped or repaired, each as one sentence.
        target_missing: Rows left out because their target is missing.
        facts: JSON-like facts that only a reader knows (image sizes, modes, unreadable files ...).
    """

    name: str
    source: str
    examples: Examples
    target: np.ndarray
    classes: tuple[str, ...]
    task: Task
    columns: tuple[Column, ...]
    parts: np.ndarray | None
    groups: np.ndarray | None
    time: np.ndarray | None
    hashes: np.ndarray
    fingerprint: str
    notes: tuple[str, ...] = ()
    target_missing: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)
