"""Shrink the kernel."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import LayerSetting
from vandap.repair.layers import named
from vandap.repair.remedy import Case, Remedy, Safety


class ShrinkKernel(Remedy):
    """Windows that fit into their maps."""

    words = "make the kernel smaller than what enters it, or pool less before it"
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        layer = named(case, "Conv1D", "Conv2D")
        return ((LayerSetting("kernel_size", 3, (layer.path,)),),) if layer is not None else ()
