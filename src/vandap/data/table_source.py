"""A table that can be read block by block, as often as needed: what the two passes over every table run on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

import pyarrow as pa


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
    def blocks(self, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Read these columns once, in blocks of bounded size, rows in the file's order.

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
