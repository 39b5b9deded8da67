"""Remove the dropout on the outputs."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import Remove
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import is_high


class RemoveDropoutAfterOutput(Remedy):
    """Outputs that are not left out by chance."""

    words = "remove the dropout on the outputs"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        place = case.finding.where.layer
        layer = case.program.layer(place) if place else None
        if layer is None or layer.kind != "Dropout":
            return ()
        is_last = layer.path in {item.path for item in case.answering}
        lowered = is_high(layer) and not is_last  # a lower rate is the answer to it
        return () if lowered else ((Remove((layer.path,), "Dropout"),),)
