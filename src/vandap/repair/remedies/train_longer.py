"""Train for more epochs."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import Epochs
from vandap.repair.remedy import Case, Remedy, Safety


class TrainLonger(Remedy):
    """More passes over the data."""

    words = "train for more epochs"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        epochs = case.program.fit.epochs
        return ((Epochs(epochs * 3),), (Epochs(epochs * 10),)) if epochs else ()
