"""Let the schedule last as many steps as the training has, or leave out the callback that ends it early."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import RATE_CALLBACKS, NoCallback, ScheduleSteps
from vandap.repair.remedy import Case, Remedy, Safety


class LengthenSchedule(Remedy):
    """A rate that falls over the whole training."""

    words = "let the schedule last as many steps as the training has, or leave out the callback that lowers the rate"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        if case.rate is None:
            return ((ScheduleSteps("decay_steps", case.steps),),) if case.steps else ()
        setting = [name for name in case.program.fit.callbacks if name in RATE_CALLBACKS]
        return ((NoCallback(setting[0]),),) if len(setting) == 1 else ()
