"""Save memory."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class SaveMemory(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "make the batch or the images smaller, or train in mixed precision"
