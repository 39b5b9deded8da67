"""Put Flatten or global pooling before the Dense head."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import FirstLayer, Insert
from vandap.repair.layers import before_dense
from vandap.repair.remedy import Case, Remedy, Safety


class FlattenBeforeDense(Remedy):
    """One answer for an example."""

    words = "put Flatten or global pooling before the Dense head"
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        before = before_dense(case)
        if before is None or len(before.output_shape) < 3:
            return ()
        if before.kind == "InputLayer":
            return ((FirstLayer("Flatten"),),)
        return ((Insert("Flatten", (before.path,)),),)
