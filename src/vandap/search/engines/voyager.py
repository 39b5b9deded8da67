"""Voyager: Spotify's maintained successor to Annoy, an HNSW graph over 8-bit rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from vandap.search.engines._engine import Allowed, Engine, Forecast, Job, Ladder, Structure

_LINKS, _CONSTRUCTION = 16, 200
_MOST = 4096


class Voyager(Engine):
    """Voyager's graph with its E4M3 storage, one byte a number."""

    slug = "voyager"
    title = "Voyager graph"
    package = "voyager"
    extra = "voyager"

    def settings(self, count: int, columns: int) -> Mapping[str, int]:
        """Links a node and width of the search that places it."""
        return {"links": _LINKS, "construction": _CONSTRUCTION}

    def forecast(self, count: int, columns: int, settings: Mapping[str, int], groups: float | None = None) -> Forecast:
        """8-bit rows, twice the links on the ground level, 80 bytes of bookkeeping a node."""
        a_row = columns + settings["links"] * 4 * 2.1 + 80
        return Forecast(count * a_row, count * a_row * 1.2, count * a_row, build_power=1.15, search_power=0.25)

    def start(self, job: Job) -> Structure:
        """An empty graph."""
        from voyager import Index, Space, StorageDataType

        graph = Index(
            Space.InnerProduct,
            job.rows.columns,
            M=job.settings["links"],
            ef_construction=job.settings["construction"],
            random_seed=job.seed + 1,
            max_elements=max(1, job.rows.count),
            storage_data_type=StorageDataType.E4M3,
        )
        return VoyagerGraph(graph, job.threads)

    def load(self, path: Path, job: Job) -> Structure:
        """Read the graph."""
        from voyager import Index

        return VoyagerGraph(Index.load(str(path)), job.threads)


class VoyagerGraph(Structure):
    """Effort is the number of nodes kept while walking (ef)."""

    selects = False
    keeps_effort = True

    def __init__(self, graph: Any, threads: int) -> None:
        self._graph, self._threads = graph, threads

    @property
    def count(self) -> int:
        """Rows held."""
        return int(self._graph.num_elements)

    def add(self, rows: np.ndarray) -> None:
        """Add rows."""
        ids = list(range(self.count, self.count + len(rows)))
        self._graph.add_items(np.ascontiguousarray(rows, np.float32), ids, num_threads=self._threads)

    def search(self, queries: np.ndarray, width: int, effort: int, allowed: Allowed | None = None) -> np.ndarray:
        """The nearest nodes seen on the walk."""
        found = np.full((len(queries), width), -1, np.int64)
        near = min(width, self.count)
        if near:
            found[:, :near] = self._graph.query(
                np.ascontiguousarray(queries, np.float32), near, self._threads, max(effort, near)
            )[0]
        return found

    def efforts(self) -> tuple[int, ...]:
        """From 16 nodes to a few thousand."""
        return Ladder(16, max(16, min(_MOST, self.count))).rungs()

    def save(self, path: Path) -> None:
        """Write the graph."""
        self._graph.save(str(path))
