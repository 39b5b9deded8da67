"""Let the schedule last as many steps as the training has."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import ScheduleSteps
from vandap.repair.remedy import Case, Remedy, Safety


class LengthenSchedule(Remedy):
    """A rate that falls over the whole training."""

    words = "let the schedule last as many steps as the training has"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return ((ScheduleSteps("decay_steps", case.steps),),) if case.rate is None and case.steps else ()
