"""Lower label smoothing."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class LowerLabelSmoothing(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "lower label smoothing"
