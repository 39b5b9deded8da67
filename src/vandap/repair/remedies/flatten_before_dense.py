"""Flatten before dense."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class FlattenBeforeDense(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "flatten before dense"
