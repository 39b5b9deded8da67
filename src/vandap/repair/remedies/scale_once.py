"""Scale once."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import Remove
from vandap.repair.layers import of_kind
from vandap.repair.remedy import Case, Remedy, Safety


class ScaleOnce(Remedy):
    """Inputs that are scaled once."""

    words = "scale the columns once, not twice"
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        found = of_kind(case, "Rescaling", "Normalization")
        return ((Remove((found[-1].path,), found[-1].kind),),) if found else ()
