"""A folder of `.npy` shards, in order of name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vandap.errors import DataError
from vandap.search.sources._npy_file import NpyFile, open_npy
from vandap.search.sources._source import Source, Vectors, fingerprint_of, refuse_column


class Shards(Source):
    """`folder/*.npy`, all of the same width; `shard-2` comes before `shard-10`."""

    slug = "shards"
    order = 20

    def recognises(self, path: Path) -> bool:
        """A folder with a `.npy` file."""
        return path.is_dir() and next(path.glob("*.npy"), None) is not None

    def open(self, path: Path, column: str | None) -> Vectors:
        """Read the headers."""
        refuse_column(path, column)
        return ShardedMatrix([open_npy(file) for file in sorted(path.glob("*.npy"), key=_natural)])


def _natural(path: Path) -> list[tuple[int, str]]:
    """Numbers in names count as numbers."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", path.name) if part]


class ShardedMatrix(Vectors):
    """Several files one after another."""

    def __init__(self, files: list[NpyFile]) -> None:
        odd = next((file for file in files if file.columns != files[0].columns), None)
        if odd is not None:
            raise DataError(
                "The shards have different widths.",
                received=f"{files[0].path.name} with {files[0].columns} columns, {odd.path.name} with {odd.columns}",
                expected="the same number of columns in every shard",
                hint="Keep the vectors of one model in one folder.",
            )
        self._files = files
        self.count, self.columns = sum(file.count for file in files), files[0].columns
        self.fingerprint = fingerprint_of(*(file.path for file in files))

    def blocks(self, size: int, start: int = 0) -> Iterator[np.ndarray]:
        """Rows in order; a block ends where its shard ends."""
        for file in self._files:
            if start < file.count:
                yield from file.blocks(size, start)
            start = max(0, start - file.count)

    def some(self, numbers: np.ndarray) -> np.ndarray:
        """Rows by number, each from its shard."""
        found, first = [], 0
        for file in self._files:
            part = slice(*np.searchsorted(numbers, (first, first + file.count)))
            found.append(file.some(numbers[part] - first))
            first += file.count
        return np.concatenate(found)
