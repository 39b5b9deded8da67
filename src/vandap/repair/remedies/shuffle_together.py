"""Shuffle x and y by the same order."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class ShuffleTogether(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "shuffle x and y by the same order"
