"""Look at one batch as fit receives it."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class CheckInputPipeline(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "look at one batch as fit receives it"
