"""Shorten the warm-up."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import ScheduleSteps
from vandap.repair.remedy import Case, Remedy, Safety


class ShortenWarmUp(Remedy):
    """A rate that reaches its highest value early."""

    words = "shorten the warm-up"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        steps = case.steps // 20
        return ((ScheduleSteps("warmup_steps", steps),),) if case.rate is None and steps else ()
