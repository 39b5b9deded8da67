"""Move threshold."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class MoveThreshold(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "choose the threshold on validation rows by what errors cost"
