"""The vectors of an index: one file of records, read in blocks or gathered by number."""

from __future__ import annotations

import mmap
import sys
from collections.abc import Iterator
from contextlib import suppress
from copy import copy
from pathlib import Path

import numpy as np

from vandap.core.machine import memory_bytes
from vandap.search.codes._code import RowCode

_BLOCK = 4096
"""Rows gathered at a time, so that packed and unpacked ones are not held beside each other in great number."""
_POPULATE_READ = 22
"""MADV_POPULATE_READ of Linux 5.14, which Python's mmap does not name."""
_SMALL, _LARGE = 1e-20, 1e30
"""Squared lengths within which float32 neither overflows nor loses digits."""


class Rows:
    """Unit vectors, packed and memory-mapped.

    A pass over all rows reads the file in blocks and not through the map, so that a build's memory stays that of its
    blocks and what is in the page cache is not counted as its own.

    Args:
        path: The file: records one after another, without a header.
        columns: Numbers in a row.
        code: How a row is packed.
        count: Rows to see; all that the file holds when left out.
    """

    def __init__(self, path: Path, columns: int, code: RowCode, count: int | None = None) -> None:
        self.path, self.columns, self.code = path, columns, code
        self._width = code.width(columns)
        held = path.stat().st_size // self._width
        self.count = held if count is None else min(count, held)
        shape = (self.count, self._width)
        mapped = np.memmap(path, np.uint8, "r", shape=shape) if self.count else np.zeros(shape, np.uint8)
        self._map = mapped.view(np.ndarray)
        self._pages: mmap.mmap | None = getattr(mapped, "_mmap", None)
        # One item a row: numpy then copies a row at once, several times as fast as element by element.
        self._whole = self._map.view(np.dtype((np.void, self._width))).reshape(-1)

    def first(self, count: int) -> Rows:
        """The first rows alone, through the same map: after a compaction the file has no name any more."""
        some = copy(self)
        some.count, some._map, some._whole = min(count, self.count), self._map[:count], self._whole[:count]
        return some

    def gather(self, numbers: np.ndarray) -> np.ndarray:
        """Records by number, uint8, shape (numbers, width)."""
        return self._whole[numbers].view(np.uint8).reshape(-1, self._width)

    def release(self) -> None:
        """Let go of what was read through the map. It stays in the page cache, and is not counted as ours any more."""
        if self._pages is not None and hasattr(mmap, "MADV_DONTNEED"):
            self._pages.madvise(mmap.MADV_DONTNEED)

    def populate(self) -> None:
        """Map all rows, and read those that are not in the page cache; unless they are more than half the memory.

        A page that a search touches for the first time costs it a fault.
        """
        fits = self.count * self._width <= memory_bytes() / 2
        if self._pages is not None and fits and sys.platform == "linux":
            with suppress(OSError):  # an older kernel
                self._pages.madvise(_POPULATE_READ)

    def wide(self, numbers: np.ndarray) -> np.ndarray:
        """Rows by number as float32, without a second copy of them all."""
        wide = np.empty((len(numbers), self.columns), np.float32)
        for start in range(0, len(numbers), _BLOCK):
            wide[start : start + _BLOCK] = self.code.unpack(self.gather(numbers[start : start + _BLOCK]), self.columns)
        return wide

    def scores(self, query: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        """Exact cosines of one query (float32, unit length) with rows by number, float32, shape (numbers,)."""
        return self.code.scores(self.gather(numbers), query[None])[0]

    def all_scores(self, queries: np.ndarray, size: int) -> Iterator[tuple[int, np.ndarray]]:
        """Cosines of queries with runs of rows in order, each with the number of its first row.

        The records are read through the map: nothing is copied.
        """
        for first in range(0, self.count, size):
            yield first, self.code.scores(self._map[first : first + size], queries)

    def blocks(self, size: int, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, np.ndarray]]:
        """Runs of rows in order, each with the number of its first row, float32."""
        stop = self.count if stop is None else min(stop, self.count)
        with self.path.open("rb") as file:
            file.seek(start * self._width)
            for first in range(start, stop, size):
                records = np.fromfile(file, np.uint8, min(size, stop - first) * self._width)
                block = self.code.unpack(records.reshape(-1, self._width), self.columns)
                del records
                yield first, block
                del block  # what is not held by the caller is gone before the next is read


def normalised(vectors: np.ndarray) -> np.ndarray:
    """Vectors at unit length, float32; a vector of length zero stays zero.

    Args:
        vectors: Any float type, shape (vectors, columns), finite.
    """
    quick = quickly_normalised(vectors)
    if quick is not None:
        return quick
    # The largest entry first: squares of float32 beyond 1e19 would overflow, and below 1e-23 vanish.
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0)
    wide = (vectors / np.where(largest > 0, largest, 1)).astype(np.float32)
    wide /= np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return wide


def quickly_normalised(vectors: np.ndarray) -> np.ndarray | None:
    """The same for vectors of ordinary lengths, which are then finite and not zero; None when one is not."""
    with np.errstate(over="ignore"):  # what is beyond float32 is not ordinary, and found so below
        wide = vectors.astype(np.float32)
    squares = np.einsum("ij,ij->i", wide, wide)
    if not (squares.size and squares.min() > _SMALL and squares.max() < _LARGE):
        return None
    wide /= np.sqrt(squares)[:, None]
    return wide
