"""What a source of vectors is: one form, one file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from vandap.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

FLOATS = ("float16", "float32", "float64")
_BLOCK = 8192


class Vectors(ABC):
    """Vectors that can be read in blocks, from any row on.

    Attributes:
        count: How many.
        columns: Numbers in each.
        fingerprint: Changes when the data change; a cut build goes on only with the same.
        unit: Whether they are rows of an index already, which are stored as they are.
    """

    count: int
    columns: int
    fingerprint: str
    unit: bool = False

    @abstractmethod
    def blocks(self, size: int, start: int = 0) -> Iterator[np.ndarray]:
        """The vectors in order, from row `start` on, at most `size` at a time, float, shape (rows, columns)."""

    def some(self, numbers: np.ndarray) -> np.ndarray:
        """Vectors by number, ascending, float, shape (numbers, columns); a pass over all where there is no other way.

        Args:
            numbers: int64.
        """
        found, first = np.zeros((0, self.columns), np.float32), 0
        for block in self.blocks(_BLOCK):
            if not first:
                found = np.empty((len(numbers), self.columns), block.dtype)
            last = first + len(block)
            part = slice(*np.searchsorted(numbers, (first, last)))
            found[part] = block[numbers[part] - first]
            first = last
        return found

    def ids(self) -> np.ndarray | None:
        """Their ids (int64 or bytes) where the source has some."""
        return None

    def payload(self) -> pa.Table | None:
        """What else the source says of each vector."""
        return None

    @property
    def unread(self) -> tuple[str, ...]:
        """What it says besides that no filter could read, by name."""
        return ()


class Source(ABC):
    """Opens one form of vectors.

    Attributes:
        slug: Its name.
        order: Sources are asked in ascending order whether they recognise a path.
    """

    slug: ClassVar[str]
    order: ClassVar[int] = 50

    @abstractmethod
    def recognises(self, path: Path) -> bool:
        """Whether this source can open the path. Looks at names only."""

    @abstractmethod
    def open(self, path: Path, column: str | None) -> Vectors:
        """Open it.

        Args:
            path: An existing file or folder.
            column: The column that holds the vectors, where there are columns.

        Raises:
            DataError: It holds no usable vectors.
        """


def fingerprint_of(*paths: Path) -> str:
    """Names, sizes and times of files: cheap, and different when one was written again."""
    return ";".join(f"{path.name}:{path.stat().st_size}:{path.stat().st_mtime_ns}" for path in paths)


def refuse_column(path: Path, column: str | None) -> None:
    """Refuse `--column` where there are no columns.

    Raises:
        DataError: A column was named.
    """
    if column is not None:
        raise DataError(
            "These vectors have no named columns.",
            received=f"--column {column} with {path.name}",
            expected="--column with a Parquet file only",
            hint="Leave --column out.",
        )


_AS_MATRIX = "Reshape it, for example numpy.save(path, array.reshape(len(array), -1))."


def check_matrix(path: Path, shape: tuple[int, ...], dtype: np.dtype) -> None:
    """Refuse an array that is no matrix of floats.

    Raises:
        DataError: Another number of axes, another type, or no columns.
    """
    if len(shape) != 2 or not shape[1]:
        raise DataError(
            "This array is no list of vectors.",
            received=f"{path.name} of shape {shape}",
            expected="shape (vectors, numbers in a vector)",
            hint=_AS_MATRIX if len(shape) > 2 else "One vector alone is array[None]: numpy.save(path, array[None]).",
        )
    if dtype.name not in FLOATS or not dtype.isnative:
        raise DataError(
            "The vectors are of a type that cannot be searched.",
            received=f"{path.name} of type {dtype}",
            expected="float16, float32 or float64",
            hint="Save them as float32: numpy.save(path, array.astype('float32')).",
        )
