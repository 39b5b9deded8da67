"""Remove augmentation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import Remove
from vandap.repair.layers import of_kind
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import is_augmentation, strengths


class RemoveAugmentation(Remedy):
    """Inputs as they are."""

    words = "take the augmentation out"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change: all at once, cut out or set to nothing, and each kind by itself."""
        kinds = dict.fromkeys(layer.kind for layer in case.program.layers if is_augmentation(layer))
        each = [Remove(tuple(layer.path for layer in of_kind(case, kind)), kind) for kind in kinds]
        if each:
            yield tuple(each)
        settings = strengths(case)
        if settings:
            strong = {path for setting in settings for path in setting.layers}
            others = (replace(item, layers=tuple(path for path in item.layers if path not in strong)) for item in each)
            still = tuple(replace(setting, value=0.0) for setting in settings)
            yield (*(item for item in others if item.layers), *still)
        if len(each) > 1:
            yield from ((change,) for change in each)
