"""What a build will need, said before it begins: memory at its peak, bytes on the disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vandap.search.codes._code import RowCode
from vandap.search.engines._engine import Engine
from vandap.search.fill import BLOCK, PRODUCT


@dataclass(frozen=True)
class Forecaster:
    """Knows the size of the work.

    Args:
        count: Vectors.
        columns: Numbers in each.
        queries: Held-out queries.
        base: Bytes that the process holds before.
    """

    count: int
    columns: int
    queries: int
    base: float

    @property
    def buffers(self) -> float:
        """Bytes of blocks and of exact answers while the structure is filled."""
        block = min(BLOCK, self.count)
        return block * self.columns * (2 + 4 + 4) + self.queries * (self.columns * 4 + PRODUCT * 4 * 2)

    def forecast(self, engine: Engine, settings: Mapping[str, int], code: RowCode, k: int) -> dict[str, float]:
        """Bytes at the peak, and bytes a vector on the disk.

        Args:
            engine: What is built.
            settings: Its settings.
            code: The form of the rows.
            k: Neighbours that count.
        """
        needed = engine.forecast(self.count, self.columns, settings)
        return {
            "peak_bytes": self.base + max(needed.building, needed.resident + self.buffers),
            "bytes_per_vector": code.width(self.columns) + 8 + needed.resident / max(1, self.count),
        }
