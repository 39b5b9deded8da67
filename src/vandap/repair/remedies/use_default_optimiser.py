"""Begin with Adam and its defaults."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import Optimiser
from vandap.repair.remedy import Case, Remedy, Safety


class UseDefaultOptimiser(Remedy):
    """Adam as Keras gives it."""

    words = "begin with Adam and its defaults"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return ((Optimiser("Adam", 0.001),),)
