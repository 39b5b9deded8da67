"""Use simpler model."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import half_the_units


class UseSimplerModel(Remedy):
    """Fewer units in every hidden layer."""

    words = "give the network fewer units or layers"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return half_the_units(case)
