"""Rows as float32: 4 bytes a number; nothing is lost."""

from __future__ import annotations

import numpy as np

from vandap.search.codes._code import RowCode

_SINGLE = np.dtype("<f4")


class Single(RowCode):
    """float32, little-endian."""

    slug = "exact"
    title = "single precision"
    file = "rows.f32"
    plain = _SINGLE

    def width(self, columns: int) -> int:
        """Four bytes a number."""
        return columns * _SINGLE.itemsize

    def pack(self, rows: np.ndarray) -> np.ndarray:
        """The numbers' bytes."""
        return np.ascontiguousarray(rows, _SINGLE).view(np.uint8)

    def unpack(self, records: np.ndarray, columns: int) -> np.ndarray:
        """The numbers."""
        return records.view(_SINGLE)

    def scores(self, records: np.ndarray, queries: np.ndarray) -> np.ndarray:
        """Their products."""
        return queries @ records.view(_SINGLE).T
