"""What is alive in an index, as a source of vectors: what a compaction builds the next generation from."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from vandap.search.delta import Delta
from vandap.search.sources._source import Vectors


class Live(Vectors):
    """The rows that are there, in order.

    Args:
        delta: The index's rows.
        fingerprint: Of this state of the index.
    """

    unit = True

    def __init__(self, delta: Delta, columns: int, fingerprint: str) -> None:
        self._delta, self._rows = delta, np.flatnonzero(delta.alive)
        self.count, self.columns, self.fingerprint = len(self._rows), columns, fingerprint

    def blocks(self, size: int, start: int = 0) -> Iterator[np.ndarray]:
        """Rows in order, float32."""
        for first in range(start, self.count, size):
            yield self._delta.wide(self._rows[first : first + size])

    def some(self, numbers: np.ndarray) -> np.ndarray:
        """Rows by number, float32."""
        return self._delta.wide(self._rows[numbers])

    def ids(self) -> np.ndarray:
        """Their ids."""
        return self._delta.live_ids()

    def payload(self) -> pa.Table | None:
        """Their payload."""
        table = self._delta.payload
        return table.filter(pa.array(self._delta.alive)) if table.num_columns else None
