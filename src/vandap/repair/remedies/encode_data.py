"""Turn text and categories into numbers before fit."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.data import NumberLabels
from vandap.repair.remedy import Case, Remedy, Safety


class EncodeData(Remedy):
    """Labels that are numbers; a training shows whether it was the labels that are text."""

    words = "turn text and categories into numbers before fit"
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return ((NumberLabels(),),) if case.program.fit.data == "arrays" else ()
