"""Parquet tables, read row group by row group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as arrow_parquet

from vandap.core.recipe import DataSpec
from vandap.data.labels import refuse_options
from vandap.data.readers._magic import head, looks_like
from vandap.data.readers._table_reader import OPTIONS, TableReader
from vandap.data.table_source import TableSource
from vandap.errors import DataError

_BLOCK_ROWS = 65_536


class ParquetReader(TableReader):
    """A Parquet file."""

    slug = "parquet"
    title = "Parquet table"
    order = 12
    suffixes = (".parquet", ".pq")

    def open(self, path: Path, spec: DataSpec) -> TableSource:
        """Open the file by its footer."""
        refuse_options(spec, OPTIONS, "A Parquet file")
        try:
            return ParquetSource(path)
        except (pa.ArrowInvalid, OSError) as error:
            raise _damaged(path, error) from None


class ParquetSource(TableSource):
    """A Parquet file, typed by itself.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.label = str(path)
        self.names = tuple(arrow_parquet.read_schema(path).names)

    def blocks(self, names: Sequence[str], plain: frozenset[str] = frozenset()) -> Iterator[pa.RecordBatch]:
        """Read these columns."""
        try:
            # memory-mapped pages and pre-buffering would both grow with the file
            with arrow_parquet.ParquetFile(self.path, memory_map=False, pre_buffer=False) as file:
                for batch in file.iter_batches(batch_size=_BLOCK_ROWS, columns=list(names), use_threads=False):
                    yield batch.select(list(names))
        except (pa.ArrowInvalid, OSError) as error:
            raise _damaged(self.path, error) from None


def _damaged(path: Path, error: Exception) -> DataError:
    content = head(path)
    found = looks_like(content)
    what = found[0] if found else "text" if content else "an empty file"
    return DataError(
        f"The file cannot be read as Parquet: {error}".rstrip(".") + ".",
        received=f"{path}, which looks like {what}",
        expected="a Parquet file, as its name says",
        hint="Rename it if it is something else; fetch or write it again if it was cut off.",
    )
