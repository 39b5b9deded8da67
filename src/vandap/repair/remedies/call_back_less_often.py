"""Let the callback work once an epoch."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class CallBackLessOften(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "let the callback work once an epoch"
