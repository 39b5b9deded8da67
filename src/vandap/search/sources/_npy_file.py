"""One `.npy` file, read from any row on without mapping it into memory."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vandap.errors import DataError
from vandap.search.npy import load_npy
from vandap.search.sources._source import check_matrix


@dataclass(frozen=True)
class NpyFile:
    """Where the rows of a `.npy` file lie.

    Args:
        path: The file.
        count: Rows.
        columns: Numbers in a row.
        dtype: Of the numbers.
        offset: Byte of the first row.
    """

    path: Path
    count: int
    columns: int
    dtype: np.dtype
    offset: int

    def blocks(self, size: int, start: int = 0) -> Iterator[np.ndarray]:
        """Rows in order, at most `size` at a time."""
        with self.path.open("rb") as file:
            file.seek(self.offset + start * self.columns * self.dtype.itemsize)
            for first in range(start, self.count, size):
                many = min(size, self.count - first)
                yield np.fromfile(file, self.dtype, many * self.columns).reshape(many, self.columns)

    def some(self, numbers: np.ndarray) -> np.ndarray:
        """Rows by number."""
        mapped = np.memmap(self.path, self.dtype, "r", self.offset, (self.count, self.columns))
        pages: mmap.mmap | None = getattr(mapped, "_mmap", None)
        if pages is not None and hasattr(mmap, "MADV_RANDOM"):
            pages.madvise(mmap.MADV_RANDOM)  # or the system reads on: 20,000 of ten million rows were all of the file
        return mapped[numbers].view(np.ndarray)


def open_npy(path: Path) -> NpyFile:
    """Read the header.

    Raises:
        DataError: No `.npy` file, a cut one, Fortran order, or no matrix of floats.
    """
    try:
        mapped: Any = load_npy(path, "r")
    except (ValueError, OSError) as error:
        raise DataError(
            f"The file cannot be opened as .npy: {error}".rstrip(".") + ".",
            received=str(path),
            expected="a whole file written by numpy.save",
            hint="Write it again with numpy.save(path, array).",
        ) from None
    check_matrix(path, mapped.shape, mapped.dtype)
    if not mapped.flags.c_contiguous:
        raise DataError(
            "The vectors lie column by column in this file, so that no block of them can be read at once.",
            received=f"{path.name} in Fortran order",
            expected="C order: one vector after another",
            hint="Save them with numpy.save(path, numpy.ascontiguousarray(array)).",
        )
    count, columns = mapped.shape
    return NpyFile(path, count, columns, mapped.dtype, mapped.offset)
