"""Clip the column, or take its logarithm."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.data import ClipInputs
from vandap.repair.remedy import Case, Remedy, Safety


class ClipOrLogTransform(Remedy):
    """Inputs whose scale no single value rules."""

    words = "clip the column, or take its logarithm"
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return ((ClipInputs(),),) if case.program.fit.data == "arrays" else ()
