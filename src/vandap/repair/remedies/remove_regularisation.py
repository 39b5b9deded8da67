"""Remove regularisation."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.layers import without_penalties
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import without_decay


class RemoveRegularisation(Remedy):
    """No penalty, on the weights or on the outputs of layers."""

    words = "take the penalty off the weights"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        penalties = without_penalties(case)
        return (penalties,) if penalties else without_decay(case, 0.0)
