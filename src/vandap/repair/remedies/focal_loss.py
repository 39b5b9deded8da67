"""Focal loss."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.output import SetLoss
from vandap.repair.remedy import Case, Remedy, Safety


class FocalLoss(Remedy):
    """A loss that weighs hard examples more."""

    words = "use CategoricalFocalCrossentropy or BinaryFocalCrossentropy"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        names = {
            "BinaryCrossentropy": "binary_focal_crossentropy",
            "CategoricalCrossentropy": "categorical_focal_crossentropy",
        }
        losses = case.program.compile.losses
        if len(losses) != 1 or losses[0].kind not in names or losses[0].from_logits:
            return ()
        return ((SetLoss(names[losses[0].kind]),),)
