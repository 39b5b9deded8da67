"""Pool between the convolutions."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import Insert
from vandap.repair.layers import named
from vandap.repair.remedy import Case, Remedy, Safety


class PoolBetweenConvolutions(Remedy):
    """Maps that shrink on their way to the head."""

    words = "put MaxPooling2D or strides between the convolutions"
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        layer = named(case, "Conv2D")
        return ((Insert("MaxPooling2D", (layer.path,)),),) if layer is not None else ()
