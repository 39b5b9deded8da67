"""Use simple model."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class UseSimpleModel(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "use the simple model: it does as well"
