"""Use larger batches."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import larger_batches


class UseLargerBatches(Remedy):
    """Batches whose mean gradient is less noisy."""

    words = "make the batches larger"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return larger_batches(case)
