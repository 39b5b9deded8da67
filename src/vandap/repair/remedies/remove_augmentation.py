"""Remove augmentation."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import Remove
from vandap.repair.layers import of_kind
from vandap.repair.remedy import Case, Remedy, Safety


class RemoveAugmentation(Remedy):
    """Images as they are."""

    words = "take the augmentation out"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change: all at once, and each kind by itself."""
        kinds = dict.fromkeys(layer.kind for layer in case.program.layers if layer.kind.startswith("Random"))
        each = [Remove(tuple(layer.path for layer in of_kind(case, kind)), kind) for kind in kinds]
        if each:
            yield tuple(each)
        if len(each) > 1:
            yield from ((change,) for change in each)
