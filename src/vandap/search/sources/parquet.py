"""A column of vectors in a Parquet file; its other columns are the payload."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from vandap.errors import DataError
from vandap.search.payload import is_known
from vandap.search.sources._source import Source, Vectors, fingerprint_of


class Parquet(Source):
    """`table.parquet` with a column of lists of floats: the only such column, or the one that `--column` names."""

    slug = "parquet"
    order = 30

    def recognises(self, path: Path) -> bool:
        """By its ending."""
        return path.is_file() and path.suffix.lower() in (".parquet", ".pq")

    def open(self, path: Path, column: str | None) -> Vectors:
        """Read the schema and the first row."""
        try:
            file = pq.ParquetFile(path)
        except (pa.ArrowInvalid, OSError) as error:
            raise DataError(
                f"The file cannot be opened as Parquet: {str(error).splitlines()[0]}".rstrip(".") + ".",
                received=str(path),
                expected="a whole Parquet file",
                hint="Write it again, or give the vectors as .npy.",
            ) from None
        return ParquetColumn(path, file, _vector_column(path, file.schema_arrow, column))


def _vector_column(path: Path, schema: pa.Schema, column: str | None) -> str:
    lists = [field.name for field in schema if _is_vector(field.type)]
    if column in lists:
        return str(column)
    if column is None and len(lists) == 1:
        return lists[0]
    raise DataError(
        "It is not clear which column holds the vectors.",
        received=f"--column {column}" if column else f"{path.name} with {len(lists)} columns of lists of floats",
        expected="one column of lists of float16, float32 or float64" + (f": {', '.join(lists)}" if lists else ""),
        hint=f"Write --column {lists[0]}." if lists else "Store each vector as a list of floats in one column.",
    )


def _is_vector(kind: pa.DataType) -> bool:
    is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return is_list and pa.types.is_floating(kind.value_type)


class ParquetColumn(Vectors):
    """One column, read row group by row group."""

    def __init__(self, path: Path, file: pq.ParquetFile, column: str) -> None:
        self._path, self._file, self._column = path, file, column
        self.count = file.metadata.num_rows
        self.columns = self._width()
        self.fingerprint = fingerprint_of(path) + f":{column}"

    def _width(self) -> int:
        for batch in self._file.iter_batches(1, columns=[self._column]):
            first = batch.column(0)[0].as_py()
            if first:
                return len(first)
        raise DataError(
            "The file holds no vectors.",
            received=f"{self._path.name} with {self.count} rows",
            expected=f"at least one row whose column {self._column!r} is a list of floats",
            hint="Check how the file was written.",
        )

    def blocks(self, size: int, start: int = 0) -> Iterator[np.ndarray]:
        """Rows in order; whole row groups before `start` are not read."""
        seen = 0
        groups: list[int] = []
        for group in range(self._file.metadata.num_row_groups):
            rows = self._file.metadata.row_group(group).num_rows
            if groups or seen + rows > start:
                groups.append(group)
            else:
                seen += rows
        skip = start - seen
        for batch in self._file.iter_batches(size, row_groups=groups, columns=[self._column]):
            if skip < len(batch):
                yield self._matrix(batch.column(0).slice(skip), seen)
            seen, skip = seen + len(batch), max(0, skip - len(batch))

    def _matrix(self, lists: pa.Array, first: int) -> np.ndarray:
        lengths = np.asarray(lists.value_lengths().fill_null(0))
        wrong = np.flatnonzero(lengths != self.columns)
        if len(wrong) or lists.flatten().null_count:
            row = first + int(wrong[0]) if len(wrong) else first
            raise DataError(
                "A vector is missing numbers.",
                received=f"row {row} of {self._path.name} with {lengths[wrong[0]] if len(wrong) else 'null'} numbers",
                expected=f"{self.columns} numbers in every row, none of them null",
                hint="Drop the row, or embed it again.",
            )
        return lists.flatten().to_numpy(zero_copy_only=False).reshape(len(lists), self.columns)

    def payload(self) -> pa.Table | None:
        """The other columns of types that filters know."""
        names = [field.name for field in self._others() if is_known(field.type)]
        return self._file.read(names) if names else None

    @property
    def unread(self) -> tuple[str, ...]:
        """The other columns, such as lists and pictures, with their types."""
        return tuple(f"{field.name} ({field.type})" for field in self._others() if not is_known(field.type))

    def _others(self) -> list[pa.Field]:
        return [field for field in self._file.schema_arrow if field.name != self._column]
