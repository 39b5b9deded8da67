"""Drop duplicates."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class DropDuplicates(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "drop the repeated rows before the data are split"
