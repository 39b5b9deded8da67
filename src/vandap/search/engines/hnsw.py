"""HNSW: a navigable graph over the rows, walked from a fixed entry towards the query.

References:
    Malkov and Yashunin, Efficient and robust approximate nearest neighbor search using hierarchical navigable small
    world graphs, TPAMI 2020.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from vandap.search.engines._engine import Allowed, Engine, Forecast, Job, Ladder, Structure
from vandap.search.engines._faiss import FaissStructure, read, selector, set_threads

_LINKS, _CONSTRUCTION = 32, 120
_MOST = 4096
"""Nodes kept at most while searching: beyond, the pass over all rows is not much slower."""


class Hnsw(Engine):
    """faiss's graph over float16 rows of its own."""

    slug = "hnsw"
    title = "HNSW graph"
    package = "faiss"

    def settings(self, count: int, columns: int) -> Mapping[str, int]:
        """Links a node and width of the search that places it."""
        return {"links": _LINKS, "construction": _CONSTRUCTION}

    def forecast(self, count: int, columns: int, settings: Mapping[str, int], groups: float | None = None) -> Forecast:
        """float16 rows, twice the links on the ground level and a few above, 20 bytes of bookkeeping a node."""
        a_row = columns * 2 + settings["links"] * 4 * (2 + 1 / 31) + 20
        stored = count * (a_row - 8)  # the locks are not
        return Forecast(count * a_row, count * a_row * 1.5, stored, build_power=1.15, search_power=0.25)

    def start(self, job: Job) -> Structure:
        """An empty graph."""
        import faiss

        set_threads(job.threads)
        columns = job.rows.columns
        half = faiss.ScalarQuantizer.QT_fp16
        index = faiss.IndexHNSWSQ(columns, half, job.settings["links"], faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = job.settings["construction"]
        index.train(job.some(256))
        return HnswGraph(index, job.threads)

    def load(self, path: Path, job: Job) -> Structure:
        """Read the graph."""
        return HnswGraph(read(path), job.threads)


class HnswGraph(FaissStructure):
    """Effort is the number of nodes kept while walking (efSearch)."""

    keeps_effort = True

    def search(self, queries: np.ndarray, width: int, effort: int, allowed: Allowed | None = None) -> np.ndarray:
        """The nearest nodes seen on the walk."""
        import faiss

        set_threads(self.threads)
        parameters = faiss.SearchParametersHNSW(efSearch=max(effort, width))
        if allowed is not None:
            parameters.sel = selector(allowed)
        _, found = self.index.search(self.padded(queries), width, params=parameters)
        return found

    def efforts(self) -> tuple[int, ...]:
        """From 16 nodes to a few thousand."""
        return Ladder(16, max(16, min(_MOST, self.count))).rungs()
