"""Release memory."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class ReleaseMemory(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "keep no tensors across steps: store float(loss), delete what is not needed"
