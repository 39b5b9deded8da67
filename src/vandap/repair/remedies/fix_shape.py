"""Fix shape."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class FixShape(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "make the shapes meet: the input's, or the layer's"
