"""Smooth the labels."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.output import LabelSmoothing
from vandap.repair.pairs import is_crossentropy
from vandap.repair.remedy import Case, Remedy, Safety


class SmoothLabels(Remedy):
    """Answers that need not be certain."""

    words = "smooth the labels: label_smoothing=0.1 in the cross-entropy"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return ((LabelSmoothing(0.1),),) if is_crossentropy(case) else ()
