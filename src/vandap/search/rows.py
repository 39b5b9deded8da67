"""The vectors of an index: one file of normalised float16 rows, read in blocks or gathered by number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vandap.search.half import dots, widened

HALF = np.dtype("<f2")
_BLOCK = 65_536
_SMALL, _LARGE = 1e-20, 1e30
"""Squared lengths within which float32 neither overflows nor loses digits."""


class Rows:
    """Unit vectors, float16, memory-mapped.

    A pass over all rows reads the file in blocks and not through the map, so that a build's memory stays that of its
    blocks and what is in the page cache is not counted as its own.

    Args:
        path: The file: rows one after another, without a header.
        columns: Numbers in a row.
        count: Rows to see; all that the file holds when left out.
    """

    def __init__(self, path: Path, columns: int, count: int | None = None) -> None:
        self.path, self.columns = path, columns
        held = path.stat().st_size // (columns * HALF.itemsize)
        self.count = held if count is None else min(count, held)
        shape = (self.count, columns)
        self._map = np.memmap(path, HALF, "r", shape=shape).view(np.ndarray) if self.count else np.zeros(shape, HALF)
        # One item a row: numpy then copies a row at once, several times as fast as element by element.
        self._whole = self._map.view(np.dtype((np.void, columns * HALF.itemsize))).reshape(-1)

    def gather(self, numbers: np.ndarray) -> np.ndarray:
        """Rows by number, float16, shape (numbers, columns)."""
        return self._whole[numbers].view(HALF).reshape(-1, self.columns)

    def wide(self, numbers: np.ndarray) -> np.ndarray:
        """Rows by number as float32, without a second copy of them all."""
        wide = np.empty((len(numbers), self.columns), np.float32)
        for start in range(0, len(numbers), _BLOCK):
            wide[start : start + _BLOCK] = widened(self.gather(numbers[start : start + _BLOCK]))
        return wide

    def scores(self, query: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        """Exact cosines of one query (float32, unit length) with rows by number, float32, shape (numbers,)."""
        return dots(self.gather(numbers), query[None])[0]

    def slices(self, size: int) -> Iterator[tuple[int, np.ndarray]]:
        """Runs of rows in order through the map, each with the number of its first row, float16: nothing is copied."""
        for first in range(0, self.count, size):
            yield first, self._map[first : first + size]

    def blocks(self, size: int, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, np.ndarray]]:
        """Runs of rows in order, each with the number of its first row, float16."""
        stop = self.count if stop is None else min(stop, self.count)
        with self.path.open("rb") as file:
            file.seek(start * self.columns * HALF.itemsize)
            for first in range(start, stop, size):
                many = min(size, stop - first)
                block = np.fromfile(file, HALF, many * self.columns)
                yield first, block.reshape(many, self.columns)


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
