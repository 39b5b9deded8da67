"""Match target shape."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.data import TargetColumn
from vandap.repair.layers import named
from vandap.repair.remedy import Case, Remedy, Safety


class MatchTargetShape(Remedy):
    """A target for each answer, and no table of all with all."""

    words = "give the targets the shape of the outputs, (n, 1): y.reshape(-1, 1)"
    safety = Safety.SAFE
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        layer = named(case, "Dense")
        is_column = layer is not None and layer.output_shape[1:] == (1,) and case.program.fit.data == "arrays"
        return ((TargetColumn(),),) if is_column else ()
