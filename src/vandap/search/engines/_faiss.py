"""What the engines built on faiss share: threads, files, selectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from vandap.search.engines._engine import Allowed, Structure

_PUT = 128
"""Rows put into lists at a time: each is found among them to tell its list, which takes their square."""
Put = Callable[[np.ndarray, np.ndarray, np.ndarray], None]
"""Takes rows, none of them twice, the list of each, and their labels."""


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


@contextmanager
def putting(index: Any) -> Iterator[Put]:
    """Let faiss put rows into lists that it is told.

    Its fast-scan lists can only be added to by way of the index that finds the nearest centre. For a while this is one
    that holds the rows themselves, labelled with their lists: each row finds itself.
    """
    import faiss

    centres = faiss.downcast_index(index.quantizer)
    themselves = faiss.IndexIDMap(faiss.IndexFlatIP(index.d))

    def put(rows: np.ndarray, lists: np.ndarray, labels: np.ndarray) -> None:
        order = np.argsort(lists, kind="stable")  # a list that gets several rows packs them once
        for start in range(0, len(order), _PUT):
            part = order[start : start + _PUT]
            some = rows[part]
            themselves.reset()
            themselves.add_with_ids(some, lists[part])
            index.add_with_ids(some, labels[part])

    index.quantizer = themselves
    themselves.this.own(True)  # the assignment took it from Python, which shall free it
    try:
        yield put
    finally:
        index.quantizer = centres


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
