"""Where layers are frozen, set trainable = True and compile again."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import all_trained


class UnfreezeLayers(Remedy):
    """Layers that learn."""

    words = "where layers are frozen, set trainable = True and compile again"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return all_trained(case)
