"""Exact search: the product of the query with every row. Needs nothing, misses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from vandap.search.engines._engine import Allowed, Engine, Forecast, Job, Structure
from vandap.search.nearest import BLOCK, exact
from vandap.search.rows import Rows


class Exact(Engine):
    """A blocked pass over the rows."""

    slug = "exact"
    title = "exact search"
    sorts = True

    def settings(self, count: int, columns: int) -> Mapping[str, int]:
        """None."""
        return {}

    def forecast(self, count: int, columns: int, settings: Mapping[str, int], groups: float | None = None) -> Forecast:
        """One block of rows and scores; time grows with the rows."""
        return Forecast(
            resident=BLOCK * (columns * 2 + 4), building=0, disk=len(str(count)), build_power=0.0, search_power=1.0
        )

    def start(self, job: Job) -> Structure:
        """Nothing to learn."""
        return ExactPass(job.rows, 0)

    def load(self, path: Path, job: Job) -> Structure:
        """The file holds the number of rows."""
        return ExactPass(job.rows, int(path.read_text("ascii")))


class ExactPass(Structure):
    """Searches the first `count` rows by looking at each."""

    def __init__(self, rows: Rows, count: int) -> None:
        self._rows, self._count = rows, count

    @property
    def count(self) -> int:
        """Rows held."""
        return self._count

    def add(self, rows: np.ndarray) -> None:
        """The rows are in the index's file already; only their number is kept."""
        self._count += len(rows)

    def search(self, queries: np.ndarray, width: int, effort: int, allowed: Allowed | None = None) -> np.ndarray:
        """The nearest rows, truly."""
        return exact(self._rows.first(self._count), queries, width, None if allowed is None else allowed.mask).rows

    def over(self, rows: Rows) -> Structure:
        """The same pass over other rows."""
        return ExactPass(rows, self._count)

    def efforts(self) -> tuple[int, ...]:
        """There is one."""
        return (1,)

    def save(self, path: Path) -> None:
        """Write the number of rows."""
        path.write_text(str(self._count), "ascii")
