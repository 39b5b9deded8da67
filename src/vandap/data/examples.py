"""Examples of each kind: tables in columns, arrays in memory or on disk, and examples made of other examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np

from vandap.core.dataset import ARRAY, TABLE, Examples, Raw


class TableExamples(Examples):
    """A table, column by column.

    Args:
        columns: Arrays of shape `(rows,)` by column name, stored as `ColumnKind` says.
        rows: Number of rows (a table may have no columns left).
        lines: Number of each row in the user's file, if rows were left out; shape `(rows,)`.
    """

    kind = TABLE

    def __init__(self, columns: Mapping[str, np.ndarray], rows: int, lines: np.ndarray | None = None) -> None:
        self.columns = dict(columns)
        self._rows = rows
        self._lines = lines

    def __len__(self) -> int:
        return self._rows

    def take(self, rows: np.ndarray) -> Mapping[str, np.ndarray]:
        """Return these rows of every column."""
        return {name: values[rows] for name, values in self.columns.items()}

    def name(self, row: int) -> str:
        """The row's number in the user's file, counted from 1 and without the header."""
        return f"row {row + 1 if self._lines is None else int(self._lines[row]) + 1}"


class ArrayExamples(Examples):
    """An array whose first axis is the example; it may be memory-mapped.

    Args:
        array: Shape `(n, ...)`.
        kind: `images` or `array`.
        rows: Rows of the array that are used, in order; None for all.
        channel_first: Whether an image's channels stand before its height.
    """

    def __init__(
        self, array: np.ndarray, kind: str, rows: np.ndarray | None = None, *, channel_first: bool = False
    ) -> None:
        self.array = array
        self.kind = kind
        self._rows = rows
        self._channel_first = channel_first

    def __len__(self) -> int:
        return len(self.array) if self._rows is None else len(self._rows)

    def take(self, rows: np.ndarray) -> np.ndarray:
        """Return these examples: images as uint8 or float32, arrays as float32."""
        taken = np.asarray(self.array[rows if self._rows is None else self._rows[rows]])
        if self.kind == ARRAY:
            return taken.astype(np.float32, copy=False)
        if self._channel_first:
            taken = np.moveaxis(taken, 1, -1)
        if taken.ndim == 3:
            taken = taken[..., None]
        return _image_values(taken)

    def name(self, row: int) -> str:
        """The example's place in the user's array, counted from 0."""
        return f"example {row if self._rows is None else int(self._rows[row])}"


class JoinedExamples(Examples):
    """Several examples one after another.

    Args:
        parts: Examples of one kind.
    """

    def __init__(self, parts: Sequence[Examples]) -> None:
        self.parts = tuple(parts)
        self.kind = parts[0].kind
        self._starts = np.cumsum([0, *(len(part) for part in parts)])

    def __len__(self) -> int:
        return int(self._starts[-1])

    def take(self, rows: np.ndarray) -> Raw:
        """Return these examples, each from the part that holds it."""
        rows = np.asarray(rows)
        owner = np.searchsorted(self._starts, rows, side="right") - 1
        present = np.unique(owner) if len(rows) else np.zeros(1, int)
        pieces = [self.parts[part].take(rows[owner == part] - self._starts[part]) for part in present]
        order = np.argsort(np.concatenate([np.flatnonzero(owner == part) for part in present]), kind="stable")
        return reorder(concatenate(pieces), order)

    def name(self, row: int) -> str:
        """The name within the part that holds the example."""
        part = int(np.searchsorted(self._starts, row, side="right")) - 1
        return self.parts[part].name(row - int(self._starts[part]))


class SelectedExamples(Examples):
    """Some examples of another, in any order, repeats allowed.

    Args:
        base: Where they come from.
        origin: Row of the base for each row, shape `(n,)`.
    """

    def __init__(self, base: Examples, origin: np.ndarray) -> None:
        self.base = base
        self.kind = base.kind
        self.origin = origin

    def __len__(self) -> int:
        return len(self.origin)

    def take(self, rows: np.ndarray) -> Raw:
        """Return these examples of the base."""
        return self.base.take(self.origin[rows])

    def name(self, row: int) -> str:
        """The name in the base."""
        return self.base.name(int(self.origin[row]))


def concatenate(pieces: Sequence[Raw]) -> Raw:
    """Join raw batches of one kind."""
    if isinstance(pieces[0], Mapping):
        tables = cast(Sequence[Mapping[str, np.ndarray]], pieces)
        return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
    return np.concatenate(cast(Sequence[np.ndarray], pieces))


def reorder(raw: Raw, order: np.ndarray) -> Raw:
    """Return a raw batch with its examples in another order."""
    if isinstance(raw, Mapping):
        return {name: values[order] for name, values in raw.items()}
    return raw[order]


def count(raw: Raw) -> int:
    """Number of examples of a raw batch."""
    return len(next(iter(raw.values()))) if isinstance(raw, Mapping) else len(raw)


def _image_values(array: np.ndarray) -> np.ndarray:
    if array.dtype == np.uint8 or array.dtype == np.float32:
        return array
    if array.dtype == np.uint16:
        return array.astype(np.float32) * np.float32(255.0 / 65535.0)
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * np.uint8(255)
    return array.astype(np.float32)
