"""Augment the training examples."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class Augment(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "augment the training examples"
