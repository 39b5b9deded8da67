"""Turn text and categories into numbers before fit."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class EncodeData(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "turn text and categories into numbers before fit"
