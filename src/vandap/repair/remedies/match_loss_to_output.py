"""Take the loss that belongs to the output's activation."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import loss_of_labels


class MatchLossToOutput(Remedy):
    """Loss and output that belong to the labels."""

    words = "take the loss that belongs to the output's activation"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return loss_of_labels(case)
