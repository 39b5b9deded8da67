"""Let the learning rate rise over the first hundred steps or so."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import Schedule
from vandap.repair.remedy import Case, Remedy, Safety


class WarmUp(Remedy):
    """A rate that rises first."""

    words = "let the learning rate rise over the first hundred steps or so"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        if case.rate is None or case.steps < 20:
            return ()
        return ((Schedule(case.rate, case.steps, max(case.steps // 10, 1)),),)
