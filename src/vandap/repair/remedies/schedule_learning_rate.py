"""Let the learning rate fall, such as with CosineDecay."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import Plateau, Schedule
from vandap.repair.remedy import Case, Remedy, Safety


class ScheduleLearningRate(Remedy):
    """A rate that falls."""

    words = "let the learning rate fall, such as with CosineDecay"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        falling = ((Schedule(case.rate, case.steps),),) if case.rate is not None and case.steps else ()
        return (*falling, (Plateau(),))
