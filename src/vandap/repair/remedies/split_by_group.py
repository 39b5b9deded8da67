"""Split by person, device or whatever the rows share."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class SplitByGroup(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "split by person, device or whatever the rows share"
