"""Data in memory: data frames of any library that speaks Arrow, and pairs of arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from vandap.core.recipe import DataSpec
from vandap.data.arrays import Pair, read_arrays
from vandap.data.contents import Contents
from vandap.data.hashing import fingerprint_table
from vandap.data.labels import refuse_options
from vandap.data.readers._reader import MEMORY, Reader
from vandap.data.table import read_table
from vandap.data.table_source import ArrowSource, values_to_array
from vandap.data.text_format import unique_names
from vandap.errors import DataError

_OPTIONS = ("target", "group", "time", "split_column", "ignore", "types")


class FrameReader(Reader):
    """A data frame (pandas, polars, pyarrow, or any object with the Arrow stream interface) or an `(x, y)` pair."""

    slug = "frame"
    title = "data in memory"
    order = 90

    def recognises(self, path: Path | str) -> bool:
        """Whether the source stands for data in memory."""
        return str(path) == MEMORY

    def read(self, spec: DataSpec, seed: int, memory: Any = None) -> Contents:
        """Read the object."""
        if isinstance(memory, tuple) and len(memory) == 2:
            refuse_options(spec, (), "A pair of arrays")
            return read_arrays([Pair(np.asarray(memory[0]), np.asarray(memory[1]))], spec, "data")
        refuse_options(spec, _OPTIONS, "A data frame")
        table = to_table(memory)
        return read_table(ArrowSource(table, "the data frame"), None, spec, "data", fingerprint_table(table))


def to_table(value: Any) -> pa.Table:
    """Turn a data frame into an Arrow table, without a copy where its library allows.

    Raises:
        DataError: No data frame.
    """
    table = _to_table(value)
    if table is None or not table.column_names:
        raise DataError(
            "These data in memory have a form that vandap cannot read.",
            received=type(value).__name__,
            expected="a data frame (pandas, polars, pyarrow) with columns, or a pair (x, y) of arrays",
            hint="Put the columns into a pandas DataFrame.",
        )
    notes: list[str] = []
    return table.rename_columns(list(unique_names([str(name) for name in table.column_names], notes)))


def _to_table(value: Any) -> pa.Table | None:
    if isinstance(value, pa.Table):
        return value
    if isinstance(value, pa.RecordBatch):
        return pa.Table.from_batches([value])
    try:
        if hasattr(value, "__arrow_c_stream__"):
            return pa.table(value)
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError, ValueError):
        pass  # a pandas column of mixed objects; taken column by column below
    columns = getattr(value, "columns", None)
    if columns is None or isinstance(value, np.ndarray):
        return None
    names = [str(name) for name in columns]
    arrays = [values_to_array([_plain(item) for item in value[name].tolist()]) for name in columns]
    return pa.Table.from_arrays(arrays, names=names)


def _plain(value: Any) -> Any:
    """NaN among objects is how pandas writes a missing value."""
    return None if isinstance(value, float) and value != value else value
