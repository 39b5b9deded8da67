"""Use LeakyReLU in place of ReLU."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import HiddenActivation
from vandap.repair.remedy import Case, Remedy, Safety


class UseLeakyRelu(Remedy):
    """An activation whose units cannot die."""

    words = "use LeakyReLU in place of ReLU"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        fine = ("leaky_relu", "linear")
        layers = case.hidden("Dense", "Conv1D", "Conv2D", "Activation")
        others = tuple(layer.path for layer in layers if layer.activation not in fine)
        return ((HiddenActivation("leaky_relu", others),),) if others else ()
