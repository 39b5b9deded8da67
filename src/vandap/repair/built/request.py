"""What a trial of a built network is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vandap.core.records import from_json
from vandap.core.store import read_json, write_json
from vandap.repair.trial.request import REQUEST

TEST = "test.npz"
"""Predictions of the test part; they are read once, after the proof, and the ledger counts it."""


@dataclass(frozen=True)
class BuiltRequest:
    """One training of a built network.

    Args:
        recipe: The run folder whose recipe and data are used, absolute.
        learner: Slug of the network.
        plan: Its plan, changes made.
        folder: Where the trial writes, absolute.
        division: File that says which held-out rows screen and which decide.
        seed: Seed of the training.
        budget: Seconds that the training may take.
        fold: (fold, folds, repeat) that is held out; None where `division` says.
        share: Part of the training rows that is trained on.
        remade: Functions of `written.rows` that draw the rows to train on.
        watch: Whether the training is watched; what is seen goes to the run folder `SEEN` below `folder`.
    """

    recipe: str
    learner: str
    plan: Mapping[str, Any] = field(default_factory=dict)
    folder: str = ""
    division: str = ""
    seed: int = 0
    budget: float = 3600.0
    fold: tuple[int, int, int] | None = None
    share: float = 1.0
    remade: tuple[str, ...] = ()
    watch: bool = False

    def write(self) -> Path:
        """Store the request and return its path."""
        path = Path(self.folder) / REQUEST
        write_json(path, self)
        return path


def is_built(path: str) -> bool:
    """Whether a stored request is of a built network."""
    return "recipe" in read_json(Path(path))


def read_built_request(path: str) -> BuiltRequest:
    """Read a stored request."""
    return from_json(BuiltRequest, read_json(Path(path)))
