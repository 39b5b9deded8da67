"""Use the simple model."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.learner import SimpleLearner
from vandap.repair.remedy import Case, Remedy, Safety


class UseSimpleModel(Remedy):
    """Another learner, where `vandap train` has fitted a ladder of them: a program brings only its own model."""

    words = "use the simple model: it does as well"
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return () if case.program.model else ((SimpleLearner(),),)
