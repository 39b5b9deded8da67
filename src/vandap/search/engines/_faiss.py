"""What the engines built on faiss share: threads, files, selectors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from vandap.search.engines._engine import Allowed, Structure


def set_threads(threads: int) -> None:
    """How many threads faiss uses when this thread calls it; every other thread has a setting of its own."""
    import faiss

    faiss.omp_set_num_threads(threads)


def selector(allowed: Allowed) -> Any:
    """A faiss selector of rows; it points into `allowed.bits`, which must outlive it."""
    import faiss

    return faiss.IDSelectorBitmap(len(allowed.mask), faiss.swig_ptr(allowed.bits))


def read(path: Path) -> Any:
    """Read an index that faiss wrote."""
    import faiss

    return faiss.read_index(str(path))


def padded(rows: np.ndarray, columns: int) -> np.ndarray:
    """Rows as faiss takes them, with zeros up to so many columns."""
    rows = np.ascontiguousarray(rows, np.float32)
    missing = columns - rows.shape[1]
    return rows if not missing else np.pad(rows, ((0, 0), (0, missing)))


class FaissStructure(Structure):
    """A faiss index whose labels are the row numbers.

    Args:
        index: The faiss index; where it has more columns than a row, rows are padded with zeros.
        threads: Threads of an addition or a search, whichever thread asks for it.
    """

    def __init__(self, index: Any, threads: int) -> None:
        self.index, self.threads = index, threads

    @property
    def count(self) -> int:
        """Rows held."""
        return int(self.index.ntotal)

    def add(self, rows: np.ndarray) -> None:
        """Add rows."""
        set_threads(self.threads)
        self.index.add(self.padded(rows))

    def save(self, path: Path) -> None:
        """Write the index."""
        import faiss

        faiss.write_index(self.index, str(path))

    def padded(self, rows: np.ndarray) -> np.ndarray:
        """Rows as wide as the index."""
        return padded(rows, int(self.index.d))
