"""Split by time: train on the past, validate on what follows."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class SplitByTime(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "split by time: train on the past, validate on what follows"
