"""Scale the columns once, not twice."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class ScaleOnce(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "scale the columns once, not twice"
