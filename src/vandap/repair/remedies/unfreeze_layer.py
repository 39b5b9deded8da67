"""Set trainable = True for the layer, then compile."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import Unfreeze
from vandap.repair.remedy import Case, Remedy, Safety


class UnfreezeLayer(Remedy):
    """Layers that learn."""

    words = "set trainable = True for the layer, then compile"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        frozen = tuple(layer.path for layer in case.program.layers if not layer.trainable and layer.parameters)
        return ((Unfreeze(frozen),),) if frozen else ()
