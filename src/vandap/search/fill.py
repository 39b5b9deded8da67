"""The second pass of a build: the structure takes in the rows."""

from __future__ import annotations

import json
import time
from pathlib import Path

from vandap.core.progress import Progress
from vandap.search.durable import by_a_library, replace_file, sync_file
from vandap.search.engines._engine import Engine, Job, Structure

BLOCK = 16_384
"""Rows that the structure takes at a time."""
_EVERY, _SHARE = 30.0, 20.0
"""Seconds between checkpoints, and at least so many times what the last one took."""
_STATE, _AID = "fill.json", "aid"


class Fill:
    """One pass, with checkpoints.

    Args:
        engine: Makes the structure.
        job: The rows, and how to learn.
        stop: Rows to take in, from the first on.
        folder: Where checkpoints lie.
    """

    def __init__(self, engine: Engine, job: Job, stop: int, folder: Path) -> None:
        self._engine, self._job, self._stop, self._folder = engine, job, stop, folder
        self._aided: bool | None = None

    def run(self, progress: Progress) -> Structure:
        """Do it, or what is left of it."""
        done, structure = self._resumed()
        last, cost = time.monotonic(), 0.0
        for start, block in self._job.rows.blocks(BLOCK, done, self._stop):
            stop = start + len(block)
            structure.add(block)
            del block  # or it would be held beside the next one
            if structure.resumes and time.monotonic() - last > max(_EVERY, _SHARE * cost):
                began = time.monotonic()
                self._checkpoint(structure, stop)
                progress("note", {"text": f"{stop:,} of {self._stop:,} rows taken in"})
                last, cost = time.monotonic(), time.monotonic() - began
        structure.finish()
        return structure

    def _resumed(self) -> tuple[int, Structure]:
        try:
            state = json.loads((self._folder / _STATE).read_bytes())
            structure = self._engine.load(self._folder / f"engine-{state['rows']}", self._job)
            if state["aided"]:
                structure.load_aid(self._folder / _AID)
            self._aided = state["aided"]
        except FileNotFoundError:
            began = time.monotonic()
            structure = self._engine.start(self._job)
            if structure.learns and time.monotonic() - began > _EVERY:
                self._checkpoint(structure, 0)  # what was learnt
            return 0, structure
        return state["rows"], structure

    def _checkpoint(self, structure: Structure, done: int) -> None:
        path = self._folder / f"engine-{done}"
        with by_a_library(path):
            if self._aided is None:  # it stays the same, and is written once
                self._aided = structure.save_aid(self._folder / _AID)
            structure.save(path)
        for written in (path, self._folder / _AID) if self._aided else (path,):
            sync_file(written)
        replace_file(self._folder / _STATE, json.dumps({"rows": done, "aided": self._aided}).encode())
        for stale in {*self._folder.glob("engine-*")} - {path}:
            stale.unlink()
