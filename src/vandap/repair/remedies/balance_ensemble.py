"""Average networks, each trained on as many rows of every class."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.rows import AfterFit
from vandap.repair.inputs import is_imbalanced
from vandap.repair.remedy import Case, Remedy, Safety


class BalanceEnsemble(Remedy):
    """Rare classes count the same, and no row is given up."""

    words = "average several networks, each trained on all rows of the rarest class and as many of every other"
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        suits = case.output is not None and not case.program.custom_train_step and is_imbalanced(case)
        return ((AfterFit("balanced"),),) if suits else ()
