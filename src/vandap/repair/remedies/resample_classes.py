"""Resample the classes."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.rows import Rows
from vandap.repair.inputs import is_imbalanced
from vandap.repair.remedy import Case, Remedy, Safety


class ResampleClasses(Remedy):
    """As many rows of each class in training."""

    words = "balance the training rows: repeat rare classes, make rows between them (SMOTE), or leave frequent ones out"
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        names = ("oversampled", "interpolated", "undersampled")
        return tuple((Rows(name),) for name in names) if is_imbalanced(case) else ()
