"""What a build will need, said before it begins: memory at its peak, bytes on the disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vandap.search import intake
from vandap.search.codes._code import RowCode
from vandap.search.engines._engine import Engine
from vandap.search.fill import BLOCK
from vandap.search.recall import REPEATS
from vandap.search.truth import PRODUCT

_NUMBERS = 4 * 8
"""Bytes a vector while the order of rows is worked out: four arrays of whole numbers."""
_TRUTH_HEAD = 1300
"""Bytes of names and lengths in the file of true neighbours."""


@dataclass(frozen=True)
class Forecaster:
    """Knows the size of the work.

    Args:
        count: Vectors.
        columns: Numbers in each.
        queries: Held-out queries.
        base: Bytes that the process holds before.
        kept: Bytes of ids and payload on the disk.
        code: The form of the rows while the index is built.
        threads: Blocks that are read at a time.
    """

    count: int
    columns: int
    queries: int
    base: float
    code: RowCode
    threads: int
    kept: float = 0.0

    @property
    def buffers(self) -> float:
        """Bytes of blocks while the structure is filled."""
        block, queries = min(BLOCK, self.count), min(self.queries, self.count)
        return block * (self.columns * 4 + self.code.width(self.columns)) + queries * self.columns * 4

    @property
    def reading(self) -> float:
        """Bytes of blocks and of exact answers while the vectors are read."""
        block, queries = min(intake.BLOCK, self.count), min(self.queries, self.count)
        vectors = block * (self.columns * 8 + self.code.width(self.columns))
        readers = min(self.threads, intake.READERS)
        return readers * (vectors + queries * PRODUCT * 4) + queries * self.columns * 4

    def peak(self, engine: Engine, settings: Mapping[str, int]) -> float:
        """Bytes that the process holds at most."""
        needed = engine.forecast(self.count, self.columns, settings)
        learning, filling = needed.building + self.buffers, needed.resident + self.buffers
        return self.base + max(learning, filling, self.reading, self.count * _NUMBERS)

    def disk(self, engine: Engine, settings: Mapping[str, int], code: RowCode, k: int) -> float:
        """Bytes of all files of the index.

        Args:
            engine: What is built.
            settings: Its settings.
            code: The final form of the rows.
            k: Neighbours that count.
        """
        rows, queries = self.count * code.width(self.columns), min(self.queries, self.count)
        truth = queries * (self.columns * 4 + (k + REPEATS) * 12 + 8) + _TRUTH_HEAD
        return rows + engine.forecast(self.count, self.columns, settings).disk + truth + self.kept
