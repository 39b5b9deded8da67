"""Shuffle the examples before they are split, with equal shares of the classes."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class ShuffleAndStratify(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "shuffle the examples before they are split, with equal shares of the classes"
