"""Vectors from whatever holds them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vandap.core.family import members
from vandap.errors import DataError
from vandap.search import sources
from vandap.search.sources._source import FLOATS, Source, Vectors

_WHOLE, _PIECE = 2**28, 2**20
"""An array of so many bytes is hashed whole. Of a larger one as many are, in pieces from end to end, and a change that
lies between two pieces goes unseen."""
_EXPECTED = "a .npy file, a folder of .npy files, or a Parquet file with a column of vectors"


class Array(Vectors):
    """Vectors in memory, with ids and payload if they have any."""

    def __init__(self, array: np.ndarray) -> None:
        array = np.asarray(array)
        if array.ndim != 2 or array.dtype.name not in FLOATS or not array.shape[1]:
            raise DataError(
                "This array is no list of vectors.",
                received=f"shape {array.shape}, type {array.dtype}",
                expected="shape (vectors, numbers in a vector), float16, float32 or float64",
                hint="One vector alone is array[None].",
            )
        self._array = array
        self.count, self.columns = array.shape
        self.fingerprint = f"memory:{array.shape}:{array.dtype}:{_digest(array)}"

    def blocks(self, size: int, start: int = 0) -> Iterator[np.ndarray]:
        """Rows in order."""
        for first in range(start, self.count, size):
            yield self._array[first : first + size]

    def some(self, numbers: np.ndarray) -> np.ndarray:
        """Rows by number."""
        return self._array[numbers]


def _digest(array: np.ndarray) -> str:
    """Of an array's numbers, or of pieces of a large one, the first and the last rows among them."""
    digest, rows = hashlib.blake2b(digest_size=16), max(1, _PIECE // array[:1].nbytes) if len(array) else 1
    starts = np.arange(0, len(array), rows)
    if array.nbytes > _WHOLE:
        starts = np.linspace(0, len(array) - rows, _WHOLE // _PIECE).astype(np.int64)
    for start in starts:
        digest.update(np.ascontiguousarray(array[start : start + rows]).view(np.uint8).reshape(-1).data)
    return digest.hexdigest()


def open_vectors(source: str | Path | np.ndarray, column: str | None = None) -> Vectors:
    """Open vectors.

    Args:
        source: A path, or a matrix.
        column: The column that holds the vectors, where there are columns.

    Raises:
        DataError: There is nothing there, or nothing usable.
    """
    if isinstance(source, np.ndarray):
        return Array(source)
    path = Path(source).expanduser()
    if not path.exists():
        raise DataError(
            "There is no such file or folder.",
            received=str(source),
            expected=_EXPECTED,
            hint="Check the path.",
        )
    known = sorted(members(sources, Source), key=lambda item: item.order)  # type: ignore[type-abstract]
    found = next((item for item in known if item.recognises(path)), None)
    if found is None:
        raise DataError(
            "There are no vectors that can be read.",
            received=str(source),
            expected=_EXPECTED,
            hint="Save the vectors with numpy.save(path, array).",
        )
    vectors = found.open(path, column)
    if not vectors.count:
        raise DataError(
            "There are no vectors in it.",
            received=f"{source} with 0 rows",
            expected="at least one vector",
            hint="Check how the file was written.",
        )
    return vectors
