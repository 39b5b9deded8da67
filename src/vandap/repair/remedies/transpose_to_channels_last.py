"""Transpose the images."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import FirstLayer
from vandap.repair.layers import image_shape
from vandap.repair.remedy import Case, Remedy, Safety


class TransposeToChannelsLast(Remedy):
    """Channels on the last axis."""

    words = "move the channels to the last axis: np.moveaxis(x, 1, -1)"
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        shape = image_shape(case)
        swapped = shape[:1] in ((1,), (3,), (4,)) and shape[-1] not in (1, 3, 4)
        return ((FirstLayer("Permute", "(2, 3, 1)"),),) if swapped else ()
