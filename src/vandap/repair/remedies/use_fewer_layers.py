"""Use fewer layers."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import Remove
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import keeping_the_shape


class UseFewerLayers(Remedy):
    """Half of the layers that keep the shape."""

    words = "take some of the plain layers out"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        alike = keeping_the_shape(case)
        cut = alike[: (len(alike) + 1) // 2]
        kinds = {layer.kind for layer in cut}
        return ((Remove(tuple(layer.path for layer in cut), cut[0].kind),),) if len(kinds) == 1 else ()
