"""A table that can be read block by block, as often as needed: what the two passes over every table run on."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

_BLOCK_ROWS = 65_536


class TableSource(ABC):
    """A table on disk or in memory.

    Attributes:
        names: Column names, in the file's order.
        label: What to call the table in messages (a path).
        decimal_comma: Whether its text writes `1,5` for one and a half.
        notes: What was guessed, each as one sentence.
    """

    names: tuple[str, ...]
    label: str
    decimal_comma: bool = False
    notes: tuple[str, ...] = ()

    @abstractmethod
    def blocks(self, names: Sequence[str], plain: frozenset[str] = frozenset()) -> Iterator[pa.RecordBatch]:
        """Read these columns once, in blocks of bounded size, rows in the file's order.

        Args:
            names: The columns.
            plain: Columns that an earlier pass found to hold nothing but numbers; text may be read as such at once.

        Raises:
            DataError: The file is damaged, or too many of its rows are.
        """

    @property
    def skipped(self) -> int:
        """Rows that the last pass skipped because they are malformed."""
        return 0

    def problems(self) -> tuple[str, ...]:
        """What the last pass had to skip, each as one sentence."""
        return ()


class ArrowSource(TableSource):
    """A table in memory.

    Args:
        table: The table.
        label: What to call it in messages.
    """

    def __init__(self, table: pa.Table, label: str) -> None:
        self.table = table
        self.names = tuple(table.column_names)
        self.label = label

    def blocks(self, names: Sequence[str], plain: frozenset[str] = frozenset()) -> Iterator[pa.RecordBatch]:
        """Read these columns without copying them."""
        yield from self.table.select(list(names)).to_batches(max_chunksize=_BLOCK_ROWS)


def rows_to_batch(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> pa.RecordBatch:
    """Turn rows (column name to value) into columns; a missing key is a missing value.

    Args:
        rows: The rows.
        names: Columns to make.
    """
    arrays = [values_to_array([row.get(name) for row in rows]) for name in names]
    return pa.RecordBatch.from_arrays(arrays, names=list(names))


def values_to_array(values: list[Any]) -> pa.Array:
    """Turn Python values into a column; values of mixed types become text."""
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        return pa.array([None if value is None else _text(value) for value in values], pa.string())


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
