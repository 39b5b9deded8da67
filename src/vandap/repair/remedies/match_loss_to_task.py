"""Classes take a cross-entropy, numbers a squared or absolute error."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import loss_of_labels


class MatchLossToTask(Remedy):
    """Loss and output that belong to the labels."""

    words = "classes take a cross-entropy, numbers a squared or absolute error"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return loss_of_labels(case)
