"""Lower the dropout to 0.2 to 0.5."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import less_dropout


class LowerDropoutRate(Remedy):
    """Fewer units are left out."""

    words = "lower the dropout to 0.2 to 0.5"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return less_dropout(case)
