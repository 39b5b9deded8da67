"""Rows as 8-bit whole numbers: a byte a number, and 4 for the length.

A row stands for the direction of a vector of whole numbers from -127 to 127, the largest of which is 127. Every row has
its own scale, so no sample is learnt from and rows that come later are rounded as well as the first. The record ends
with one over the vector's length, which turns products into cosines.

What rounding loses depends on how close neighbours lie to each other, so every build measures it (`rounding`).
"""

from __future__ import annotations

import numpy as np

from vandap.search.codes._code import RowCode

_LARGEST = 127
_LENGTH = np.dtype("<f4")
_BLOCK = 2048
"""Rows made float32 at a time: with 512 columns 4 MiB, which stay in the cache until the product is done."""


class Eight(RowCode):
    """int8 with a scale for each row."""

    slug = "8bit"
    title = "8-bit rows"
    file = "rows.i8"
    rounds = True
    plain = np.dtype("<f2")

    def width(self, columns: int) -> int:
        """A byte a number and the length."""
        return columns + _LENGTH.itemsize

    def pack(self, rows: np.ndarray) -> np.ndarray:
        """The nearest whole numbers of the row, scaled so that its largest entry is 127."""
        wide = rows.astype(np.float32)
        largest = np.maximum(wide.max(axis=1), -wide.min(axis=1))[:, None]
        wide *= _LARGEST / np.where(largest > 0, largest, 1)
        np.rint(wide, out=wide)
        inverse = 1 / np.sqrt(np.maximum(np.einsum("ij,ij->i", wide, wide), 1))
        records = np.empty((len(rows), self.width(rows.shape[1])), np.uint8)
        records[:, : rows.shape[1]] = wide.astype(np.int8).view(np.uint8)
        records[:, rows.shape[1] :] = inverse.astype(_LENGTH)[:, None].view(np.uint8)
        return records

    def unpack(self, records: np.ndarray, columns: int) -> np.ndarray:
        """The directions."""
        wide = records[:, :columns].view(np.int8).astype(np.float32)
        wide *= _inverse(records, columns)[:, None]
        return wide

    def scores(self, records: np.ndarray, queries: np.ndarray) -> np.ndarray:
        """Exact cosines with the directions."""
        columns = queries.shape[1]
        if len(records) <= _BLOCK:
            return _products(records, queries, columns)
        found = np.empty((len(queries), len(records)), np.float32)
        for start in range(0, len(records), _BLOCK):
            found[:, start : start + _BLOCK] = _products(records[start : start + _BLOCK], queries, columns)
        return found


def _products(records: np.ndarray, queries: np.ndarray, columns: int) -> np.ndarray:
    found = queries @ records[:, :columns].view(np.int8).astype(np.float32).T
    found *= _inverse(records, columns)
    return found


def _inverse(records: np.ndarray, columns: int) -> np.ndarray:
    """One over the length of each row."""
    return np.ascontiguousarray(records[:, columns:]).view(_LENGTH)[:, 0]
