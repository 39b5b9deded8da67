"""Call compile again after changing what is trainable."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class Recompile(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "call compile again after changing what is trainable"
