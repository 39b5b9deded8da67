"""Try the optimiser's usual learning rate, and ones 10 and 100 times smaller and larger."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.usual import other_rates


class FindLearningRate(Remedy):
    """Rates around the one that was taken."""

    words = "try the optimiser's usual learning rate, and ones 10 and 100 times smaller and larger"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return other_rates(case, (0.1, 10.0, 0.01, 100.0))
