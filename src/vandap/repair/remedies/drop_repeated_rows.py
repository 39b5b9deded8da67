"""Drop repeated rows."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class DropRepeatedRows(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "drop rows that stand in training and evaluation from one of them"
