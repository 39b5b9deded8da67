"""Annoy: trees that split the rows by hyperplanes at random, searched together from one queue.

The package is no longer maintained; `voyager`, from the same company, is what it recommends instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from vandap.search.engines._engine import Allowed, Engine, Forecast, Job, Ladder, Structure

_TREES = 50
_MOST = 1_000_000


class Annoy(Engine):
    """Spotify's Annoy, with the dot product of unit vectors."""

    slug = "annoy"
    title = "Annoy trees"
    package = "annoy"
    extra = "annoy"

    def settings(self, count: int, columns: int) -> Mapping[str, int]:
        """Trees."""
        return {"trees": _TREES}

    def forecast(self, count: int, columns: int, settings: Mapping[str, int], groups: float | None = None) -> Forecast:
        """float32 rows, and in each tree a node for about every hundredth row's share of a leaf."""
        rows = count * (columns * 4 + 12)
        leaves = columns + 2
        nodes = settings["trees"] * count / leaves * 2 * (columns * 4 + 12)
        return Forecast(rows + nodes, 1.5 * (rows + nodes), rows + nodes, build_power=1.1, search_power=0.4)

    def start(self, job: Job) -> Structure:
        """An empty set of trees."""
        from annoy import AnnoyIndex

        trees = AnnoyIndex(job.rows.columns, "angular")
        trees.set_seed(job.seed + 1)
        return AnnoyTrees(trees, job.settings["trees"], job.threads, built=False)

    def load(self, path: Path, job: Job) -> Structure:
        """Map the file."""
        from annoy import AnnoyIndex

        trees = AnnoyIndex(job.rows.columns, "angular")
        trees.load(str(path))
        return AnnoyTrees(trees, job.settings["trees"], job.threads, built=True)


class AnnoyTrees(Structure):
    """Effort is the number of nodes looked at (search_k)."""

    grows = False
    resumes = False
    selects = False
    keeps_effort = True

    def __init__(self, trees: Any, many: int, threads: int, *, built: bool) -> None:
        self._trees, self._many, self._threads, self._built = trees, many, threads, built

    @property
    def count(self) -> int:
        """Rows held."""
        return int(self._trees.get_n_items())

    def add(self, rows: np.ndarray) -> None:
        """Add rows, one at a time, which is all that Annoy offers."""
        start = self.count
        for offset, row in enumerate(rows):
            self._trees.add_item(start + offset, row.tolist())

    def finish(self) -> None:
        """Grow the trees; after that nothing can be added."""
        if not self._built:
            self._trees.build(self._many, n_jobs=self._threads)
            self._built = True

    def search(self, queries: np.ndarray, width: int, effort: int, allowed: Allowed | None = None) -> np.ndarray:
        """The rows in the leaves that the queue reaches first."""
        found = np.full((len(queries), width), -1, np.int64)
        for number, query in enumerate(queries):
            near = self._trees.get_nns_by_vector(query.tolist(), width, max(effort, width))
            found[number, : len(near)] = near
        return found

    def efforts(self) -> tuple[int, ...]:
        """From a few hundred nodes to every row once a tree."""
        most = max(100, min(_MOST, self.count * self._many))
        return Ladder(100, most).rungs()

    def save(self, path: Path) -> None:
        """Write the trees."""
        self._trees.save(str(path))
