"""Shrink the kernel."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import LayerSetting
from vandap.repair.layers import named
from vandap.repair.remedy import Case, Remedy, Safety


class ShrinkKernel(Remedy):
    """Windows that fit into their maps."""

    words = "take a smaller kernel"
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        layer = named(case, "Conv1D", "Conv2D")
        return ((LayerSetting("kernel_size", 3, (layer.path,)),),) if layer is not None else ()
