"""Clip the column, or take its logarithm."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class ClipOrLogTransform(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "clip the column, or take its logarithm"
