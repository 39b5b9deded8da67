"""Correct labels, or leave doubtful ones out."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.rows import Rows
from vandap.repair.inputs import class_counts
from vandap.repair.remedy import Case, Remedy, Safety


class CorrectLabels(Remedy):
    """Training on labels that rows like them bear out."""

    words = (
        "correct the labels, the most doubtful first (cleanlab ranks them), or leave doubtful rows out of the training"
    )
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        is_noisy = case.finding.fault == "noisy-labels" and len(class_counts(case)) > 1
        return ((Rows("without_doubtful"),),) if is_noisy else ()
