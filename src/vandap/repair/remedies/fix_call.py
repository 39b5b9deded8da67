"""Fix call."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class FixCall(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "correct the call as the message says: the name or the arguments are wrong"
