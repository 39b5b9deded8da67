"""Pad sequences to a few lengths."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class PadToFewLengths(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "pad sequences to a few lengths"
