"""Move the threshold."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.rows import AfterFit
from vandap.repair.inputs import is_imbalanced
from vandap.repair.remedy import Case, Remedy, Safety


class MoveThreshold(Remedy):
    """Answers that pay as much heed to rare classes."""

    words = "choose the threshold on validation rows: by what errors cost, or by the best F1"
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        output = case.output
        is_dense = output is not None and output.kind == "Dense"
        return ((AfterFit("moved_threshold"),),) if is_dense and is_imbalanced(case) else ()
