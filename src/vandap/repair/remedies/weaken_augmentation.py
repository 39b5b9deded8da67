"""Weaken augmentation."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import LayerSetting
from vandap.repair.remedy import Case, Remedy, Safety


class WeakenAugmentation(Remedy):
    """Images that are changed less."""

    words = "make the augmentation weaker"
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change: all at once, and each by itself."""
        each = [
            LayerSetting(name, strength / 4, (layer.path,))
            for layer in case.program.layers
            for name in ("factor", "height_factor", "width_factor")
            if layer.kind.startswith("Random") and (strength := _strength(layer.settings.get(name)))
        ]
        if each:
            yield tuple(each)
        if len(each) > 1:
            yield from ((change,) for change in each)


def _strength(setting: object) -> float:
    """The largest amount of a factor that is one number or a range."""
    values = setting if isinstance(setting, list | tuple) else (setting,)
    return max((abs(float(value)) for value in values if isinstance(value, int | float)), default=0.0)
