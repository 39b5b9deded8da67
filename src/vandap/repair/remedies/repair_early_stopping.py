"""Give EarlyStopping more patience, restore_best_weights=True, and the mode that fits what it watches."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.core.monitored import mode_instead
from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import Patience
from vandap.repair.remedy import Case, Remedy, Safety


class RepairEarlyStopping(Remedy):
    """Early stopping that waits, and takes the best weights."""

    words = "give EarlyStopping more patience, restore_best_weights=True, and the mode that fits what it watches"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        fit = case.program.fit
        settings = fit.callback_settings.get("EarlyStopping")
        if settings is None:
            return ()
        patience = settings.get("patience")
        now = int(patience) if isinstance(patience, int | float) else 0
        return ((Patience(max(2 * now, fit.epochs // 5, 5), mode_instead(settings)),),)
