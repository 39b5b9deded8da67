"""Collect more data."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class CollectMoreData(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "collect more examples"
