"""Merge classes."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class MergeClasses(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "merge classes that the data cannot tell apart"
