"""Transpose to channels last."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class TransposeToChannelsLast(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "move the channels to the last axis: np.moveaxis(x, 1, -1)"
