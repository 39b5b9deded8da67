"""Fill missing values."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.data import FillMissing
from vandap.repair.remedy import Case, Remedy, Safety


class ImputeWithIndicator(Remedy):
    """Inputs without missing values."""

    words = (
        "fill missing values with the medians of the training rows, and add a column that says where if that may tell"
    )
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return ((FillMissing(),),) if case.program.fit.data == "arrays" else ()
