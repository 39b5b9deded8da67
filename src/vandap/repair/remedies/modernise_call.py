"""Modernise call."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class ModerniseCall(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "write the call in its Keras 3 form"
