"""Give the layer more units, or a pooling layer a smaller window."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.core.program import Layer
from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import LayerSetting, Units
from vandap.repair.layers import named, narrow_layer, units_of
from vandap.repair.remedy import Case, Remedy, Safety

_POOLS = tuple(f"{kind}Pooling{axes}D" for kind in ("Max", "Average") for axes in (1, 2, 3))


class WidenLayer(Remedy):
    """Room for what the classes need."""

    words = "give the layer more units, or a pooling layer a smaller window"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        if (pool := named(case, *_POOLS)) is not None:
            return ((LayerSetting("pool_size", 2, (pool.path,)),),) if _widest(pool) > 2 else ()
        layer = narrow_layer(case)
        units = units_of(layer) if layer is not None else 0
        if layer is None or not units:
            return ()
        return tuple((Units(factor, (layer.path,), (units * factor,)),) for factor in (8, 32))


def _widest(pool: Layer) -> int:
    """The longest side of a pooling window."""
    size = pool.settings.get("pool_size")
    return max(map(int, size)) if isinstance(size, list | tuple) else int(size or 0)
