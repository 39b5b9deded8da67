"""Inspect rows."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class InspectRows(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "look at the rows with the extreme values: errors, or real?"
