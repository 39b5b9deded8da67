"""Remove the dropout on the outputs."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import Remove
from vandap.repair.remedy import Case, Remedy, Safety

HIGH = 0.3
"""A hidden dropout above it is lowered, not removed."""


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
        is_high = float(layer.settings.get("rate") or 0.0) > HIGH  # a lower rate is the answer to it
        return ((Remove((layer.path,), "Dropout"),),) if is_last or not is_high else ()
