"""Use fewer layers."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import Remove
from vandap.repair.remedy import Case, Remedy, Safety


class UseFewerLayers(Remedy):
    """Half of the layers that keep the shape."""

    words = "take some of the plain layers out"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        hidden = [layer for layer in case.hidden("Dense", "Conv2D") if layer.input_shape]
        alike = [layer for layer in hidden if layer.input_shape == layer.output_shape]
        cut = alike[: (len(alike) + 1) // 2]
        kinds = {layer.kind for layer in cut}
        return ((Remove(tuple(layer.path for layer in cut), cut[0].kind),),) if len(kinds) == 1 else ()
