"""Shrink kernel."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class ShrinkKernel(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "make the kernel smaller than what enters it, or pool less before it"
