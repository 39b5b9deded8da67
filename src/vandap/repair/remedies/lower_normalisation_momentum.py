"""Lower the momentum of BatchNormalization to 0.9."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import faster_averages


class LowerNormalisationMomentum(Remedy):
    """Averages that follow the training."""

    words = "lower the momentum of BatchNormalization to 0.9"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return faster_averages(case)
