"""Use early stopping."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import EarlyStopping
from vandap.repair.remedy import Case, Remedy, Safety


class UseEarlyStopping(Remedy):
    """The weights of the best epoch."""

    words = "stop early: EarlyStopping(patience=5, restore_best_weights=True), with epochs to spare"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        fit = case.program.fit
        if fit.validation == "none" or "EarlyStopping" in fit.callbacks:
            return ()
        return ((EarlyStopping(max(3, fit.epochs // 10)),),)
