"""Weaken regularisation."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.layers import without_penalties
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import less_dropout, without_decay


class WeakenRegularisation(Remedy):
    """A weaker penalty."""

    words = "lower the penalty or the dropout rate"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        penalties = without_penalties(case)
        if penalties:
            yield penalties
        yield from without_decay(case, 0.1, 0.01)
        yield from less_dropout(case)
