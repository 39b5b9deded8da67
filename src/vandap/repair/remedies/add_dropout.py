"""Add Dropout(0.2) to Dropout(0.5) between the hidden layers."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import Insert
from vandap.repair.remedy import Case, Remedy, Safety


class AddDropout(Remedy):
    """Units that are left out by chance."""

    words = "add Dropout(0.2) to Dropout(0.5) between the hidden layers"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        layers = tuple(layer.path for layer in case.hidden("Dense"))
        return ((Insert("Dropout", layers, 0.3),), (Insert("Dropout", layers, 0.5),)) if layers else ()
