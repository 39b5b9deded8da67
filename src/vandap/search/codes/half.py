"""Rows as float16: 2 bytes a number. A row stands for its direction; cosines are right to five digits.

What rounding loses is next to nothing where neighbours differ by more than that, and much where vectors have a common
offset, so every build measures it (`rounding`).
"""

from __future__ import annotations

import numpy as np

from vandap.search.codes._code import RowCode
from vandap.search.half import HALF, cosines, widened


class Half(RowCode):
    """float16, little-endian."""

    slug = "half"
    title = "half precision"
    file = "rows.f16"
    rounds = True
    plain = HALF

    def width(self, columns: int) -> int:
        """Two bytes a number."""
        return columns * HALF.itemsize

    def pack(self, rows: np.ndarray) -> np.ndarray:
        """The numbers' bytes."""
        return np.ascontiguousarray(rows, HALF).view(np.uint8)

    def unpack(self, records: np.ndarray, columns: int) -> np.ndarray:
        """The same numbers as float32."""
        return widened(records.view(HALF))

    def scores(self, records: np.ndarray, queries: np.ndarray) -> np.ndarray:
        """Exact cosines with the directions."""
        return cosines(records.view(HALF), queries)
