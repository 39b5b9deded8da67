"""LSH: the signs of random projections, compared bit by bit with those of every row.

References:
    Charikar, Similarity estimation techniques from rounding algorithms, STOC 2002.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from vandap.search.engines._engine import Allowed, Engine, Forecast, Job, Structure
from vandap.search.engines._faiss import FaissStructure, read, set_threads


class Lsh(Engine):
    """faiss's IndexLSH: as many bits as columns, rotated at random, a full scan by Hamming distance."""

    slug = "lsh"
    title = "locality-sensitive hashing"
    package = "faiss"

    def settings(self, count: int, columns: int) -> Mapping[str, int]:
        """One bit a column, in whole words of 64."""
        return {"bits": columns + -columns % 64}

    def forecast(self, count: int, columns: int, settings: Mapping[str, int], groups: float | None = None) -> Forecast:
        """The bits; the vector that holds them doubles when it is full."""
        resident = count * settings["bits"] / 8
        return Forecast(
            resident, 2 * resident, resident + columns * settings["bits"] * 4, build_power=1.0, search_power=1.0
        )

    def start(self, job: Job) -> Structure:
        """Draw the rotation."""
        import faiss

        set_threads(job.threads)
        columns = job.rows.columns
        index = faiss.IndexLSH(columns, job.settings["bits"], True, False)
        index.train(job.some(1))
        return LshBits(index, job.threads)

    def load(self, path: Path, job: Job) -> Structure:
        """Read the bits."""
        return LshBits(read(path), job.threads)


class LshBits(FaissStructure):
    """Every search compares all bits; only the depth of the rerank can be chosen."""

    selects = False

    def search(self, queries: np.ndarray, width: int, effort: int, allowed: Allowed | None = None) -> np.ndarray:
        """The rows whose bits differ least."""
        set_threads(self.threads)
        _, found = self.index.search(self.padded(queries), min(width, max(1, self.count)))
        return found

    def efforts(self) -> tuple[int, ...]:
        """There is one."""
        return (1,)
