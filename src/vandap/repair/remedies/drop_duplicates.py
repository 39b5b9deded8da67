"""Drop duplicates."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.rows import Rows
from vandap.repair.remedy import Case, Remedy, Safety


class DropDuplicates(Remedy):
    """Each example once, and none with two labels."""

    words = "drop the repeated rows before the data are split"
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return ((Rows("without_repeats"),),) if case.program.fit.data == "arrays" else ()
