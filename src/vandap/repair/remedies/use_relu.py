"""Use ReLU in the hidden layers."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import HiddenActivation
from vandap.repair.remedy import Case, Remedy, Safety


class UseRelu(Remedy):
    """An activation that does not saturate."""

    words = "use ReLU in the hidden layers"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        fine = ("relu", "linear")
        layers = case.hidden("Dense", "Conv1D", "Conv2D", "Activation")
        others = tuple(layer.path for layer in layers if layer.activation not in fine)
        return ((HiddenActivation("relu", others),),) if others else ()
