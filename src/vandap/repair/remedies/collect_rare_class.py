"""Collect rare class."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class CollectRareClass(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "collect more examples of the rare classes"
