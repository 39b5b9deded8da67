"""Give the layer more units."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import Units
from vandap.repair.layers import narrow_layer, units_of
from vandap.repair.remedy import Case, Remedy, Safety


class WidenLayer(Remedy):
    """Room for what the classes need."""

    words = "give the layer more units"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        layer = narrow_layer(case)
        units = units_of(layer) if layer is not None else 0
        if layer is None or not units:
            return ()
        return tuple((Units(factor, (layer.path,), (units * factor,)),) for factor in (8, 32))
