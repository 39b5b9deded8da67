"""Give the Embedding as many rows as there are different numbers."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import LayerSetting
from vandap.repair.layers import named
from vandap.repair.remedy import Case, Remedy, Safety

MOST_ROWS = 1_000_000


class EnlargeEmbedding(Remedy):
    """A vector for each number."""

    words = "give the Embedding as many rows as there are different numbers: input_dim = maximum + 1"
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        layer, most = named(case, "Embedding"), case.finding.evidence.get("maximum", 0.0)
        if layer is None or not case.finding.evidence.get("rows", 0.0) <= most < MOST_ROWS:
            return ()
        return ((LayerSetting("input_dim", int(most) + 1, (layer.path,)),),)
