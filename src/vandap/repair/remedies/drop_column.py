"""Drop column."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class DropColumn(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "leave the column out"
