"""Let the learning rate fall, such as with CosineDecay."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import Plateau, Schedule
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.usual import scheduled_rates


class ScheduleLearningRate(Remedy):
    """A rate that falls."""

    words = "let the learning rate fall, such as with CosineDecay"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        falling = tuple((Schedule(rate, case.steps),) for rate in scheduled_rates(case)) if case.steps else ()
        has_plateau = "ReduceLROnPlateau" in case.program.fit.callbacks
        return falling if has_plateau else (*falling, (Plateau(),))
