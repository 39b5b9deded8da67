"""Class numbers take sparse_categorical_crossentropy, one-hot rows categorical_crossentropy."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import loss_of_labels


class MatchLossToLabels(Remedy):
    """Loss and output that belong to the labels."""

    words = "class numbers take sparse_categorical_crossentropy, one-hot rows categorical_crossentropy"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return loss_of_labels(case)
