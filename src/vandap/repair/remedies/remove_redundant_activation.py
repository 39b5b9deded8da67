"""Remove redundant activation."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import Remove
from vandap.repair.remedy import Case, Remedy, Safety


class RemoveRedundantActivation(Remedy):
    """One activation, not two."""

    words = "take the second activation out"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        place = case.finding.where.layer
        layer = case.program.layer(place) if place else None
        kinds = ("Activation", "ReLU", "LeakyReLU", "Softmax")
        return ((Remove((layer.path,), layer.kind),),) if layer is not None and layer.kind in kinds else ()
