"""Raise the learning rate 3 to 10 times."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.usual import other_rates


class RaiseLearningRate(Remedy):
    """Larger steps."""

    words = "raise the learning rate 3 to 10 times"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return other_rates(case, (10.0, 100.0, 3.0))
