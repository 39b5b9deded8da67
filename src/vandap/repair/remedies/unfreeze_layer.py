"""Set trainable = True for the layer, then compile."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import all_trained


class UnfreezeLayer(Remedy):
    """Layers that learn."""

    words = "set trainable = True for the layer, then compile"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return all_trained(case)
