"""Check class labels."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class CheckClassLabels(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "look at examples of the failing class with their labels"
