"""Lower the dropout to 0.2 to 0.5."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import LayerSetting
from vandap.repair.layers import of_kind
from vandap.repair.remedy import Case, Remedy, Safety


class LowerDropoutRate(Remedy):
    """Fewer units are left out."""

    words = "lower the dropout to 0.2 to 0.5"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        high = tuple(layer.path for layer in of_kind(case, "Dropout") if float(layer.settings.get("rate") or 0.0) > 0.3)
        return ((LayerSetting("rate", 0.2, high),),) if high else ()
