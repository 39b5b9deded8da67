"""Focal loss."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.output import Focal
from vandap.repair.pairs import is_crossentropy
from vandap.repair.remedy import Case, Remedy, Safety


class FocalLoss(Remedy):
    """A loss that weighs hard examples more."""

    words = "use a focal cross-entropy, such as CategoricalFocalCrossentropy"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return ((Focal(),),) if is_crossentropy(case) else ()
