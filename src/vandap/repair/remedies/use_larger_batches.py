"""Use larger batches."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import BatchSize
from vandap.repair.remedy import Case, Remedy, Safety


class UseLargerBatches(Remedy):
    """Batches whose mean gradient is less noisy."""

    words = "make the batches larger"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        fit = case.program.fit
        larger = [size for size in (fit.batch_size * 4, fit.batch_size * 2) if 0 < size <= fit.examples // 4]
        return tuple((BatchSize(size),) for size in larger)
