"""Compare with a rate in the usual range."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import LearningRate
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.usual import usual_rate


class CompareLearningRates(Remedy):
    """The usual rate of the optimiser."""

    words = "compare with a rate in the usual range"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return ((LearningRate(usual_rate(case)),),) if case.rate is not None else ()
