"""Remove augmentation."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class RemoveAugmentation(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "remove augmentation"
