"""Shuffle over the whole data set: shuffle(len(x)) before batch."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class EnlargeShuffleBuffer(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "shuffle over the whole data set: shuffle(len(x)) before batch"
