"""Widen search."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class WidenSearch(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "search beyond the edge where the best value lies"
