"""Mix training rows."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.rows import Rows
from vandap.repair.remedy import Case, Remedy, Safety


class MixRows(Remedy):
    """Examples between examples."""

    words = "train on mixtures of two examples and of their labels (mixup)"
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        losses = case.program.compile.losses
        suits = len(losses) == 1 and not losses[0].kind.startswith("Sparse")
        return ((Rows("mixed"),),) if suits and case.program.fit.data == "arrays" else ()
