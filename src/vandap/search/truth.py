"""The exact answers to the queries of a build, found while the vectors are read.

The judge is the vector as it was given, brought to unit length in single precision: rows are rounded afterwards, and
what rounding loses is measured against these answers. So more of the nearest are kept than count.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from vandap.search.durable import replace_file
from vandap.search.nearest import Best, Better, Nearest

PRODUCT = 4096
"""Vectors that a product with the queries takes: with 1,500 queries the scores are 24 MiB."""


class Truth:
    """The nearest vectors of each query, among those seen so far.

    Args:
        queries: Unit vectors, float32, shape (queries, columns).
        k: How many to keep for each.
        folder: Where checkpoints lie.
    """

    def __init__(self, queries: np.ndarray, k: int, folder: Path) -> None:
        self.queries, self._folder = queries, folder
        self._best = Best(len(queries), k)

    @property
    def found(self) -> Nearest:
        """The nearest so far, by row number."""
        return self._best.found

    def look(self, vectors: np.ndarray, counts: np.ndarray, first: int) -> list[Better]:
        """Look at a block; `take` takes in what was found. Several threads may look.

        Args:
            vectors: Unit vectors, float32, shape (vectors, columns).
            counts: bool for each; the others are held out.
            first: Row number of the first that counts.
        """
        vectors = vectors if counts.all() else vectors[counts]
        numbers, found = np.arange(first, first + len(vectors)), list[Better]()
        for start in range(0, len(vectors), PRODUCT):
            part = slice(start, start + PRODUCT)
            found += self._best.better(self.queries @ vectors[part].T, numbers[part])
        return found

    def take(self, found: Iterable[Better]) -> None:
        """Take in what was found in a block."""
        self._best.merge(found)

    def save(self, read: int) -> None:
        """Keep what was found among the first vectors of the source."""
        buffer = io.BytesIO()
        np.savez(buffer, rows=self.found.rows, scores=self.found.scores)
        replace_file(self._path(read), buffer.getvalue())

    def forget_others(self, read: int) -> None:
        """Remove what was kept before, once nothing needs it."""
        for path in set(self._folder.glob(self._path("*").name)) - {self._path(read)}:
            path.unlink()

    def resume(self, read: int) -> None:
        """Go on from what was kept."""
        with np.load(self._path(read)) as file:
            self._best = Best.resumed(Nearest(file["rows"], file["scores"]))

    def _path(self, read: int | str) -> Path:
        return self._folder / f"truth-{read}.npz"
