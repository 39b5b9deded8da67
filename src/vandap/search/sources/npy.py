"""A matrix in one `.npy` file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vandap.search.sources._npy_file import open_npy
from vandap.search.sources._source import Source, Vectors, fingerprint_of, refuse_column


class Npy(Source):
    """`vectors.npy`, float16, float32 or float64, one vector a row."""

    slug = "npy"
    order = 10

    def recognises(self, path: Path) -> bool:
        """By its ending."""
        return path.is_file() and path.suffix.lower() == ".npy"

    def open(self, path: Path, column: str | None) -> Vectors:
        """Read the header."""
        refuse_column(path, column)
        return Matrix(path)


class Matrix(Vectors):
    """One file."""

    def __init__(self, path: Path) -> None:
        self._file = open_npy(path)
        self.count, self.columns = self._file.count, self._file.columns
        self.fingerprint = fingerprint_of(path)

    def blocks(self, size: int, start: int = 0) -> Iterator[np.ndarray]:
        """Rows in order."""
        return self._file.blocks(size, start)

    def some(self, numbers: np.ndarray) -> np.ndarray:
        """Rows by number."""
        return self._file.some(numbers)
