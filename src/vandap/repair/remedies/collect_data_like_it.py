"""Collect data like it."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class CollectDataLikeIt(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "collect training examples like those that the model will meet"
