"""Where examples come from, what they are, and how they are split."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np

from vandap.core.schema import Column, Role
from vandap.core.task import Task

Raw: TypeAlias = np.ndarray | Mapping[str, np.ndarray]
"""A batch of raw inputs: images or arrays as one array whose first axis is the example, a table as column arrays."""

IMAGES = "images"
TABLE = "table"
ARRAY = "array"


class Examples(ABC):
    """Random access to raw inputs. Memory is bounded by what is asked for, not by the data.

    `kind` is `images` (uint8 or uint16-scaled-to-float arrays of shape `(n, height, width, channels)`), `table` (a
    mapping from column name to an array of shape `(n,)`, stored as `ColumnKind` says) or `array` (float arrays of shape
    `(n, ...)`).
    """

    kind: str

    @abstractmethod
    def __len__(self) -> int:
        """Number of examples."""

    @abstractmethod
    def take(self, rows: np.ndarray) -> Raw:
        """Return the examples with these row numbers, in this order. Thread-safe."""

    def name(self, row: int) -> str:
        """What to call one example in a message or a report (a file name, a line number)."""
        return f"row {row}"


@dataclass(frozen=True)
class Split:
    """Row numbers of each part. The parts are disjoint, and together all rows that are used.

    Args:
        train: Rows that models are fitted on, shape `(n,)`, ascending. With folds: all rows but the test part.
        validation: Rows that choose between models; empty with folds.
        test: Rows read once, at the end.
        folds: With K-fold, the validation rows of each fold: a partition of `train`. Empty otherwise.
        method: How the split was made, as one sentence.
        groups: Group number of every row (rows of one group never straddle parts), or None.
        given: Whether the user's files or columns gave the split.
        units: Number of the set of rows that stay together because they are copies (and the groups that copies join),
            of every row; None where there are no copies.
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    folds: tuple[np.ndarray, ...] = ()
    method: str = ""
    groups: np.ndarray | None = None
    given: bool = False
    units: np.ndarray | None = None

    @property
    def together(self) -> np.ndarray | None:
        """What every row belongs to, whose rows are no independent witnesses; None where each stands for itself."""
        return self.groups if self.units is None else self.units


@dataclass(frozen=True)
class Dataset:
    """Examples with their targets, schema and split.

    Args:
        name: A short name, safe in a file name.
        source: Where it was read from, as the user gave it.
        task: What is to be predicted.
        examples: The raw inputs.
        target: Class codes (int32) for classification, numbers (float64) for regression; shape `(examples,)`.
        classes: Class names by code; empty for regression.
        columns: The schema: every column of a table; of images and arrays the target only.
        split: The parts.
        fingerprint: Hash of the content that the data were read from (hexadecimal).
        notes: What was guessed, skipped or repaired, each as one sentence that the report shows.
        facts: JSON-like facts for `data.json`: the profile and the split audit.
    """

    name: str
    source: str
    task: Task
    examples: Examples
    target: np.ndarray
    classes: tuple[str, ...]
    columns: tuple[Column, ...]
    split: Split
    fingerprint: str
    notes: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """`images`, `table` or `array`."""
        return self.examples.kind

    @property
    def features(self) -> tuple[Column, ...]:
        """The columns that models may read."""
        return tuple(column for column in self.columns if column.role is Role.FEATURE)

    def noted(self, *notes: str) -> Dataset:
        """Return the data set with further notes."""
        return replace(self, notes=self.notes + notes)
