"""Lower label smoothing."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.output import LabelSmoothing
from vandap.repair.remedy import Case, Remedy, Safety


class LowerLabelSmoothing(Remedy):
    """Labels as they are."""

    words = "lower label_smoothing, or leave it out"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        losses = case.program.compile.losses
        smooth = [loss for loss in losses if loss.settings.get("label_smoothing")]
        return ((LabelSmoothing(0.0),),) if smooth else ()
