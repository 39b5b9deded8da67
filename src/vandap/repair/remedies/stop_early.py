"""Stop at the best epoch: EarlyStopping(restore_best_weights=True)."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import early_stop


class StopEarly(Remedy):
    """The weights of the best epoch."""

    words = "stop at the best epoch: EarlyStopping(restore_best_weights=True)"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return early_stop(case)
