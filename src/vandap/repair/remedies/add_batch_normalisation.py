"""Put BatchNormalization after the hidden layers."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import batch_normalisation


class AddBatchNormalisation(Remedy):
    """Activations that are brought back to one scale."""

    words = "put BatchNormalization after the hidden layers"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return batch_normalisation(case)
