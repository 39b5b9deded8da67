"""Use AdamW, or a small weight_decay."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import OptimiserSetting
from vandap.repair.remedy import Case, Remedy, Safety


class AddWeightDecay(Remedy):
    """Weights that are drawn to zero."""

    words = "use AdamW, or a small weight_decay"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return ((OptimiserSetting("weight_decay", 0.001),), (OptimiserSetting("weight_decay", 0.01),))
