"""Use layer normalisation."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import Insert
from vandap.repair.remedy import Case, Remedy, Safety


class UseLayerNormalisation(Remedy):
    """Activations that are brought back to one scale."""

    words = "use LayerNormalization, which needs no batch"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        layers = tuple(layer.path for layer in case.hidden("Dense", "Conv1D", "Conv2D"))
        return ((Insert("LayerNormalization", layers),),) if layers else ()
