"""Change batch size."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import BatchSize
from vandap.repair.remedy import Case, Remedy, Safety


class ChangeBatchSize(Remedy):
    """A batch size of the usual range."""

    words = "train with a batch size of 32 to 256"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return tuple((BatchSize(size),) for size in (32, 128) if size != case.program.fit.batch_size)
