"""Let the learning rate rise over the first hundred steps or so."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import Schedule
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.usual import scheduled_rates


class WarmUp(Remedy):
    """A rate that rises first."""

    words = "let the learning rate rise over the first hundred steps or so"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        rates = scheduled_rates(case) if case.steps >= 20 else ()
        return tuple((Schedule(rate, case.steps, max(case.steps // 10, 1)),) for rate in rates)
