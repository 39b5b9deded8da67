"""The second pass of a build: the structure takes in the rows, and the exact answers to the queries are found."""

from __future__ import annotations

import io
import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vandap.core.progress import Progress
from vandap.search.durable import replace_file, sync_file
from vandap.search.engines._engine import Engine, Job, Structure
from vandap.search.nearest import Best, Nearest

BLOCK = 16_384
"""Rows that the structure takes at a time."""
PRODUCT = 4096
"""Rows a product with the queries takes: with 1,500 queries the scores are 24 MiB."""
_EVERY, _SHARE = 30.0, 20.0
"""Seconds between checkpoints, and at least so many times what the last one took."""
_STATE = "fill.json"


@dataclass(frozen=True)
class Filled:
    """What the pass gives.

    Args:
        structure: Holds the first rows.
        truth: The exact answers among these rows.
    """

    structure: Structure
    truth: Nearest


class Fill:
    """One pass, with checkpoints.

    Args:
        engine: Makes the structure.
        job: The rows, and how to learn.
        queries: Unit vectors, float32.
        k: Exact neighbours to find.
        stop: Rows to take in, from the first on.
        folder: Where checkpoints lie.
    """

    def __init__(self, engine: Engine, job: Job, queries: np.ndarray, k: int, stop: int, folder: Path) -> None:
        self._engine, self._job, self._queries, self._k, self._stop, self._folder = (
            engine, job, queries, k, stop, folder,
        )  # fmt: skip

    def run(self, progress: Progress) -> Filled:
        """Do it, or what is left of it."""
        done, structure, best = self._resumed()
        last, cost = time.monotonic(), 0.0
        for start, block in self._job.rows.blocks(BLOCK, done, self._stop):
            stop = start + len(block)
            structure.add(block)
            self._look(best, block, start)
            del block  # or it would be held beside the next one
            if structure.resumes and time.monotonic() - last > max(_EVERY, _SHARE * cost):
                began = time.monotonic()
                self._checkpoint(structure, best, stop)
                progress("note", {"text": f"{stop:,} of {self._stop:,} rows taken in"})
                last, cost = time.monotonic(), time.monotonic() - began
        structure.finish()
        return Filled(structure, best.found)

    def _look(self, best: Best, block: np.ndarray, start: int) -> None:
        for first in range(0, len(block), PRODUCT):
            part = block[first : first + PRODUCT]
            best.take(self._queries @ part.T, np.arange(start + first, start + first + len(part)))

    def _resumed(self) -> tuple[int, Structure, Best]:
        try:
            done = json.loads((self._folder / _STATE).read_bytes())["rows"]
            structure = self._engine.load(self._folder / f"engine-{done}", self._job)
            with np.load(self._folder / f"truth-{done}.npz") as file:
                best = Best.resumed(Nearest(file["rows"], file["scores"]))
        except FileNotFoundError:
            began, best = time.monotonic(), Best(len(self._queries), self._k)
            structure = self._engine.start(self._job)
            if structure.learns and time.monotonic() - began > _EVERY:
                self._checkpoint(structure, best, 0)  # what was learnt
            return 0, structure, best
        return done, structure, best

    def _checkpoint(self, structure: Structure, best: Best, done: int) -> None:
        path, truth = self._folder / f"engine-{done}", self._folder / f"truth-{done}.npz"
        structure.save(path)
        sync_file(path)
        buffer = io.BytesIO()
        np.savez(buffer, rows=best.found.rows, scores=best.found.scores)
        replace_file(truth, buffer.getvalue())
        replace_file(self._folder / _STATE, json.dumps({"rows": done}).encode())
        for stale in {*self._folder.glob("engine-*"), *self._folder.glob("truth-*.npz")} - {path, truth}:
            stale.unlink()
