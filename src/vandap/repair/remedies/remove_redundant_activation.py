"""Remove redundant activation."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class RemoveRedundantActivation(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "remove redundant activation"
