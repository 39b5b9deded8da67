"""Repair custom code."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class RepairCustomCode(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "compare the custom gradient or layer with finite differences, and correct it"
