"""JSON lines: one object a line, read by blocks of lines."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from vandap.core.recipe import DataSpec
from vandap.data.labels import refuse_options
from vandap.data.readers._magic import check_text
from vandap.data.readers._table_reader import OPTIONS, TableReader
from vandap.data.table_source import TableSource, rows_to_batch
from vandap.data.text_format import open_bytes
from vandap.errors import DataError

_BLOCK_LINES = 16_384
_DAMAGED_SHARE = 0.01
_SHOWN = 5


class JsonLinesReader(TableReader):
    """A file with one JSON object a line."""

    slug = "json-lines"
    title = "JSON lines"
    order = 13
    suffixes = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".json")

    def open(self, path: Path, spec: DataSpec) -> TableSource:
        """Open the file; one pass collects the names."""
        refuse_options(spec, OPTIONS, "A JSON lines file")
        if not path.name.lower().endswith(".gz"):
            check_text(path, "one JSON object a line")
        return JsonLinesSource(path)


class JsonLinesSource(TableSource):
    """JSON lines, typed by their values; a column whose types differ within a block is read as text.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.label = str(path)
        self._lines: list[int] = []
        self._damaged = 0
        names: dict[str, None] = {}
        for rows in self._rows():
            for row in rows:
                names.update(dict.fromkeys(row))
        self.names = tuple(names)
        if not names:
            raise DataError(
                "The file holds no JSON objects.",
                received=str(path),
                expected='one object a line, such as {"age": 31, "label": "yes"}',
                hint="Write each row on a line of its own.",
            )

    @property
    def skipped(self) -> int:
        """Damaged lines of the last pass."""
        return self._damaged

    def problems(self) -> tuple[str, ...]:
        """The damaged lines, the first ones by number."""
        if not self._damaged:
            return ()
        shown = ", ".join(map(str, self._lines)) + (", ..." if self._damaged > len(self._lines) else "")
        return (f"{self._damaged:,} lines that are no JSON object were skipped (lines {shown}).",)

    def blocks(self, names: Sequence[str], plain: frozenset[str] = frozenset()) -> Iterator[pa.RecordBatch]:
        """Read these columns."""
        for rows in self._rows():
            yield rows_to_batch(rows, names)

    def _rows(self) -> Iterator[list[dict[str, Any]]]:
        self._damaged, self._lines = 0, []
        good, number = 0, 0
        try:
            with open_bytes(self.path) as file:
                while lines := list(islice(file, _BLOCK_LINES)):
                    rows = [row for place, line in enumerate(lines, number + 1) if (row := self._row(line, place))]
                    number += len(lines)
                    good += len(rows)
                    if rows:
                        yield rows
        except (gzip.BadGzipFile, EOFError) as error:
            raise self._unreadable(f"it cannot be unpacked ({error})") from None
        if self._damaged > _DAMAGED_SHARE * (good + self._damaged):
            shown = ", ".join(map(str, self._lines))
            raise self._unreadable(f"{self._damaged:,} of {good + self._damaged:,} lines are not, first lines {shown}")

    def _row(self, line: bytes, number: int) -> dict[str, Any] | None:
        if not line.strip():
            return None
        try:
            row = json.loads(line)
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
            row = None
        if isinstance(row, dict) and row:
            return row
        self._damaged += 1
        if len(self._lines) < _SHOWN:
            self._lines.append(number)
        return None

    def _unreadable(self, why: str) -> DataError:
        return DataError(
            "The file is not one JSON object a line.",
            received=f"{self.path}: {why}",
            expected='lines such as {"age": 31, "label": "yes"}',
            hint="Turn an array of objects into lines: jq -c '.[]' data.json > data.jsonl",
        )
