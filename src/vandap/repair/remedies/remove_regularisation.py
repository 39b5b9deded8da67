"""Remove regularisation."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import LayerSetting
from vandap.repair.layers import regularised
from vandap.repair.remedy import Case, Remedy, Safety


class RemoveRegularisation(Remedy):
    """No penalty on the weights."""

    words = "take the penalty off the weights"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        layers = regularised(case)
        return ((LayerSetting("kernel_regularizer", None, layers),),) if layers else ()
