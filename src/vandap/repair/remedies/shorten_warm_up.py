"""Shorten the warm-up."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class ShortenWarmUp(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "shorten the warm-up"
