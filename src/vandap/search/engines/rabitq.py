"""IVF with RaBitQ: lists of randomly rotated codes of 5 bits a number, whose estimates of cosines need no training.

The codes are finer than product codes of the same engine family (374 bytes for 512 numbers, where they take 72), so
their order is nearly the true one and few rows are read for the rerank. The memory is that much larger.

References:
    Gao and Long, RaBitQ: quantizing high-dimensional vectors with a theoretical error bound for approximate nearest
    neighbor search, SIGMOD 2024; Gao et al., Practical and asymptotically optimal quantization of high-dimensional
    vectors in Euclidean space for approximate nearest neighbor search, SIGMOD 2025.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from vandap.search.engines._engine import Allowed, Engine, Forecast, Job, Ladder, Structure

_BITS = 5
_LEAST_COLUMNS = 64
"""The rotation takes multiples of so many columns."""
_ROW = 54
"""Bytes a row beside its code, measured on files: factors of the estimate and an id."""
_ROUNDS = 6
_SAMPLE_A_LIST = 40
_MOST_LISTS = 65_536
_AT_ONCE = 1024
"""Rows whose products with all centres are held at a time."""
_NO_ROW = 2**32 - 1
_EMPTY = b"\x93NUMPY"


class Rabitq(Engine):
    """The reference library's inverted lists."""

    slug = "rabitq"
    title = "inverted lists with RaBitQ codes"
    package = "rabitqlib"
    extra = "rabitq"

    def settings(self, count: int, columns: int) -> Mapping[str, int]:
        """Lists: four times the square root of the rows, as a power of two; enough rows to learn each."""
        wanted = 2 ** round(math.log2(max(1.0, 4 * math.sqrt(count))))
        lists = max(1, min(wanted, _MOST_LISTS, count // (_SAMPLE_A_LIST + 1)))
        return {"lists": lists, "sample": min(count, max(20_000, lists * _SAMPLE_A_LIST))}

    def forecast(self, count: int, columns: int, settings: Mapping[str, int], groups: float | None = None) -> Forecast:
        """Codes, factors and ids, the centres; while learning, the sample, also as wide as is needed, and its codes."""
        wide, lists = _wide(columns), settings["lists"]
        centres = lists * wide * 4
        rows = count * (wide * _BITS / 8 + _ROW)
        copies = 1 if wide == columns else 2
        learning = settings["sample"] * wide * (4 * copies + _BITS / 8) + 4 * centres
        resident = rows * 1.3 + 2 * centres
        return Forecast(resident, resident, rows + centres, build_power=1.4, search_power=0.5, learning=learning)

    def start(self, job: Job) -> Structure:
        """Learn the centres."""
        import rabitqlib

        columns, lists = job.rows.columns, job.settings["lists"]
        learner = rabitqlib.RaBitQKMeans(
            _wide(columns), lists, niter=_ROUNDS, spherical=True, seed=job.seed + 1, num_threads=job.threads
        )
        learner.train(_padded(job.some(job.settings["sample"])))
        centres = np.ascontiguousarray(learner.centroids, np.float32)
        return RabitqLists(None, centres, lists, job.threads)

    def load(self, path: Path, job: Job) -> Structure:
        """Read the lists, or their centres where no row had come."""
        import rabitqlib

        with path.open("rb") as file:
            if file.read(len(_EMPTY)) == _EMPTY:
                centres = np.load(path)
                return RabitqLists(None, centres, len(centres), job.threads)
        index = rabitqlib.IvfIndex.load(str(path))
        return RabitqLists(index, None, int(index.num_clusters), job.threads)


def _wide(columns: int) -> int:
    """Columns that the rotation takes."""
    return -(-columns // _LEAST_COLUMNS) * _LEAST_COLUMNS


def _padded(rows: np.ndarray) -> np.ndarray:
    """Rows with zeros up to these columns."""
    missing = _wide(rows.shape[1]) - rows.shape[1]
    rows = np.ascontiguousarray(rows, np.float32)
    return np.pad(rows, ((0, 0), (0, missing))) if missing else rows


class RabitqLists(Structure):
    """Effort is the number of lists probed.

    Args:
        index: The lists; None until the first rows come, which the library builds them from.
        centres: Their centres until then.
        lists: How many.
        threads: Threads to use.
    """

    learns = True
    selects = False

    def __init__(self, index: Any, centres: Any, lists: int, threads: int) -> None:
        self._index, self._centres, self._lists, self._threads = index, centres, lists, threads

    @property
    def count(self) -> int:
        """Rows held."""
        return 0 if self._index is None else int(self._index.num_points)

    def add(self, rows: np.ndarray) -> None:
        """Put each row into its nearest list."""
        wide = _padded(rows)
        if self._index is not None:
            self._index.add(wide, num_threads=self._threads)
        elif len(wide):
            self._begin(wide)

    def _begin(self, wide: np.ndarray) -> None:
        import rabitqlib

        self._index = rabitqlib.IvfIndex(wide.shape[1], len(wide), self._lists, _BITS, "ip")
        nearest = np.empty(len(wide), np.uint32)
        for start in range(0, len(wide), _AT_ONCE):
            nearest[start : start + _AT_ONCE] = (wide[start : start + _AT_ONCE] @ self._centres.T).argmax(axis=1)
        self._index.build(wide, self._centres, nearest, num_threads=self._threads)
        self._centres = None

    def search(self, queries: np.ndarray, width: int, effort: int, allowed: Allowed | None = None) -> np.ndarray:
        """The best estimates in the nearest lists."""
        width = min(width, self.count)
        found, _ = self._index.search(
            _padded(queries), width, min(effort, self._lists), num_threads=min(self._threads, len(queries))
        )
        rows = found.astype(np.int64)
        rows[found == _NO_ROW] = -1
        return rows

    def efforts(self) -> tuple[int, ...]:
        """From one list to all of them."""
        return Ladder(1, self._lists).rungs()

    def save(self, path: Path) -> None:
        """Write the lists, or their centres where no row has come."""
        if self._index is not None:
            self._index.save(str(path))
            return
        with path.open("wb") as file:
            np.save(file, self._centres)
