"""Weaken augmentation."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class WeakenAugmentation(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "make the augmentation weaker"
