"""Use smaller network."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import Units
from vandap.repair.layers import units_of
from vandap.repair.remedy import Case, Remedy, Safety


class UseSmallerNetwork(Remedy):
    """Fewer units in every hidden layer."""

    words = "give the network fewer units"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        layers = [layer for layer in case.hidden("Dense", "Conv1D", "Conv2D") if units_of(layer) > 4]
        units = tuple(units_of(layer) // 2 for layer in layers)
        return ((Units(0.5, tuple(layer.path for layer in layers), units),),) if layers else ()
