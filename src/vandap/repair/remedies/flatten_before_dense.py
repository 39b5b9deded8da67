"""Flatten before dense."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class FlattenBeforeDense(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "put Flatten or global pooling before the Dense head"
