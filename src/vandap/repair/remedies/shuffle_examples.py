"""Shuffle the training examples."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import Shuffle
from vandap.repair.remedy import Case, Remedy, Safety


class ShuffleExamples(Remedy):
    """Another order of the examples in each epoch."""

    words = "shuffle the training examples"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return ((Shuffle(),),) if case.program.fit.shuffle is False else ()
