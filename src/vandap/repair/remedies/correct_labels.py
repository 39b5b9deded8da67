"""Correct labels."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class CorrectLabels(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "correct the labels, the most doubtful first (cleanlab ranks them)"
