"""Put a normalisation layer between the blocks."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import Insert
from vandap.repair.remedy import Case, Remedy, Safety


class AddNormalisation(Remedy):
    """Activations that are brought back to one scale."""

    words = "put a normalisation layer between the blocks"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        layers = tuple(layer.path for layer in case.hidden("Dense", "Conv1D", "Conv2D"))
        return ((Insert("BatchNormalization", layers),),) if layers else ()
