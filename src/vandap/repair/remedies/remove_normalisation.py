"""Remove normalisation."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.data import EACH, StandardiseInputs
from vandap.repair.changes.structure import Remove
from vandap.repair.layers import named, of_kind
from vandap.repair.remedy import Case, Remedy, Safety


class RemoveNormalisation(Remedy):
    """Numbers that reach the next layer."""

    words = "take out the layer that normalises single numbers, and standardise the inputs"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """The layer and those like it out, with the inputs standardised where none is scaled, and alone."""
        layer = named(case, "LayerNormalization", "GroupNormalization")
        if layer is None:
            return
        alike = [item for item in of_kind(case, layer.kind) if item.input_shape[1:] == layer.input_shape[1:]]
        without = Remove(tuple(item.path for item in alike), layer.kind)
        yield (without,)
        if not of_kind(case, "Normalization", "Rescaling"):
            yield without, StandardiseInputs(EACH)
