"""Collect other features."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class CollectOtherFeatures(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "collect inputs that bear on the answer: these do not"
