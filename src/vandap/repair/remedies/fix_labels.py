"""Fix labels."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class FixLabels(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "give labels in the form that the loss expects"
