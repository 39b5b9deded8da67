"""Remove the dropout on the outputs."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import Remove
from vandap.repair.remedy import Case, Remedy, Safety


class RemoveDropoutAfterOutput(Remedy):
    """Outputs that are not left out by chance."""

    words = "remove the dropout on the outputs"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        place = case.finding.where.layer
        layer = case.program.layer(place) if place else None
        return ((Remove((layer.path,), "Dropout"),),) if layer is not None and layer.kind == "Dropout" else ()
