"""Put GlobalAveragePooling2D where Flatten is."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import GlobalPooling
from vandap.repair.layers import of_kind
from vandap.repair.remedy import Case, Remedy, Safety


class UseGlobalPooling(Remedy):
    """A mean of each feature map."""

    words = "put GlobalAveragePooling2D where Flatten is"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        ranks = {4: "GlobalAveragePooling2D", 3: "GlobalAveragePooling1D"}
        for layer in of_kind(case, "Flatten"):
            if len(layer.input_shape) in ranks:
                yield (GlobalPooling(layer.path, ranks[len(layer.input_shape)]),)
