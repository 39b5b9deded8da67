"""Lower the momentum of BatchNormalization to 0.9."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import LayerSetting
from vandap.repair.layers import of_kind
from vandap.repair.remedy import Case, Remedy, Safety


class LowerNormalisationMomentum(Remedy):
    """Averages that follow the training."""

    words = "lower the momentum of BatchNormalization to 0.9"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        slow = tuple(
            layer.path
            for layer in of_kind(case, "BatchNormalization")
            if float(layer.settings.get("momentum") or 0.0) > 0.9
        )
        return ((LayerSetting("momentum", 0.9, slow),),) if slow else ()
