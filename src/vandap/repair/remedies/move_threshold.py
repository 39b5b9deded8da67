"""Move threshold."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class MoveThreshold(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "move threshold"
