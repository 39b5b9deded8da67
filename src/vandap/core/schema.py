"""What the columns of a data set are."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class ColumnKind(enum.Enum):
    """What a column holds, and so how it is stored.

    Attributes:
        NUMBER: float32 (float64 where float32 would merge distinct values); NaN is missing.
        BOOLEAN: float32 of 0 and 1; NaN is missing.
        DATE: float64 seconds since 1970-01-01 UTC; NaN is missing.
        CATEGORY: int32 codes into `Column.categories`; -1 is missing.
        TEXT: Free text, not stored: left out of the features in this version.
        IDENTIFIER: A different value in (nearly) every row, not stored: it cannot generalise.
        CONSTANT: One value only, not stored.
    """

    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    CATEGORY = "category"
    TEXT = "text"
    IDENTIFIER = "identifier"
    CONSTANT = "constant"


class Role(enum.Enum):
    """What a column is used for."""

    FEATURE = "feature"
    TARGET = "target"
    GROUP = "group"
    TIME = "time"
    SPLIT = "split"
    IGNORED = "ignored"


@dataclass(frozen=True)
class Column:
    """One column.

    Args:
        name: Its name in the file.
        kind: What it holds.
        role: What it is used for.
        reason: Why it was taken so (a guess is always said).
        categories: The storage vocabulary of a category column, ordered; empty otherwise.
        format: How dates are written (`iso` or a strptime format), `float64` for numbers that float32 would blur; empty
            otherwise.
    """

    name: str
    kind: ColumnKind
    role: Role
    reason: str = ""
    categories: tuple[str, ...] = ()
    format: str = ""
