"""Average networks."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.rows import AfterFit
from vandap.repair.remedy import Case, Remedy, Safety


class AverageNetworks(Remedy):
    """What five networks agree on."""

    words = "train several networks that differ by chance, and average their answers"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return ((AfterFit("averaged"),),) if case.output is not None and not case.program.custom_train_step else ()
