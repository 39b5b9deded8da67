"""Give the hidden layers an activation, such as activation="relu"."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import HiddenActivation
from vandap.repair.layers import is_bent_later
from vandap.repair.remedy import Case, Remedy, Safety


class AddActivation(Remedy):
    """Layers that bend what they are given."""

    words = 'give the hidden layers an activation, such as activation="relu"'
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        flat = [layer for layer in case.hidden() if layer.activation == "linear"]
        linear = tuple(layer.path for layer in flat if not is_bent_later(case, layer))
        return ((HiddenActivation("relu", linear),),) if linear else ()
