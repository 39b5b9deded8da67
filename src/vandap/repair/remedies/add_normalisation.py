"""Put a normalisation layer between the blocks."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import batch_normalisation


class AddNormalisation(Remedy):
    """Activations that are brought back to one scale."""

    words = "put a normalisation layer between the blocks"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return batch_normalisation(case)
