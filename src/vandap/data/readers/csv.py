"""Text tables: CSV, TSV and their relatives, plain or gzip."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv

from vandap.core.recipe import DataSpec
from vandap.data.labels import refuse_options
from vandap.data.readers._magic import check_text
from vandap.data.readers._table_reader import OPTIONS, TableReader
from vandap.data.table_source import TableSource
from vandap.data.text_format import TextFormat, open_bytes, sniff
from vandap.errors import DataError

_BLOCK_BYTES = 1 << 20
_RAGGED_SHARE = 0.01
_SHOWN = 5


class CsvReader(TableReader):
    """Delimited text."""

    slug = "csv"
    title = "text table (CSV, TSV)"
    order = 30
    suffixes = (".csv", ".tsv", ".txt", ".tab", ".data", ".csv.gz", ".tsv.gz", ".txt.gz")

    def open(self, path: Path, spec: DataSpec) -> TableSource:
        """Open the file, its format detected where the user does not state it."""
        refuse_options(spec, (*OPTIONS, "delimiter", "encoding"), "A text table")
        if not path.name.lower().endswith(".gz"):
            check_text(path, "a text table, as its name says")
        return CsvSource(path, sniff(path, delimiter=spec.delimiter, encoding=spec.encoding))


class CsvSource(TableSource):
    """A text table, every column read as strings.

    Args:
        path: The file.
        format: How it is written.
    """

    def __init__(self, path: Path, format: TextFormat) -> None:
        self.path = path
        self.format = format
        self.names = format.names
        self.label = str(path)
        self.decimal_comma = format.decimal_comma
        self.notes = format.notes
        self._ragged = 0
        self._lines: list[int] = []
        self._rows = 0

    @property
    def skipped(self) -> int:
        """Ragged rows of the last pass."""
        return self._ragged

    def problems(self) -> tuple[str, ...]:
        """The ragged rows, with the first lines."""
        if not self._ragged:
            return ()
        shown = ", ".join(map(str, self._lines)) + (", ..." if self._ragged > len(self._lines) else "")
        return (f"{self._ragged:,} rows with a wrong number of fields were skipped (lines {shown}).",)

    def blocks(self, names: Sequence[str], plain: frozenset[str] = frozenset()) -> Iterator[pa.RecordBatch]:
        """Read these columns; too many ragged rows are an error."""
        self._ragged, self._lines, self._rows = 0, [], 0
        try:
            with open_bytes(self.path) as file:
                for block in self._stream(file, names, plain):
                    self._rows += block.num_rows
                    yield block
        except (pa.ArrowInvalid, UnicodeError, EOFError, OSError) as error:
            raise self._damaged(error) from None
        if self._ragged > _RAGGED_SHARE * (self._rows + self._ragged):
            raise self._too_ragged()

    def _stream(self, file: Any, names: Sequence[str], plain: frozenset[str]) -> Iterator[pa.RecordBatch]:
        style = self.format
        encoding = "utf8" if style.encoding == "utf-8-sig" else style.encoding
        yield from arrow_csv.open_csv(
            file,
            # a row's number is only known to Arrow's serial parser
            read_options=arrow_csv.ReadOptions(
                use_threads=False,
                block_size=_BLOCK_BYTES,
                column_names=list(self.names),
                skip_rows=int(style.header),
                encoding=encoding,
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=style.delimiter,
                quote_char='"' if style.quoted else False,
                newlines_in_values=style.multiline,
                invalid_row_handler=self._skip,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.float64() if name in plain else pa.string() for name in self.names},
                include_columns=list(names),
                null_values=[""],
                strings_can_be_null=True,
            ),
        )

    def _skip(self, row: arrow_csv.InvalidRow) -> str:
        self._ragged += 1
        if len(self._lines) < _SHOWN and row.number is not None:
            self._lines.append(row.number)
        return "skip"

    def _damaged(self, error: Exception) -> DataError:
        return DataError(
            f"The table cannot be read to its end: {error}".rstrip(".") + ".",
            received=str(self.path),
            expected=f"a text table in {self.format.encoding}",
            hint="State --encoding and --delimiter, or repair the file.",
        )

    def _too_ragged(self) -> DataError:
        lines = ", ".join(map(str, self._lines))
        return DataError(
            "Too many rows have a wrong number of fields.",
            received=f"{self._ragged:,} of {self._rows + self._ragged:,} rows, first at lines {lines}",
            expected=f"{len(self.names)} fields in at least 99 % of the rows",
            hint=f"State the --delimiter (received or detected: {self.format.delimiter!r}), or repair the file.",
        )
