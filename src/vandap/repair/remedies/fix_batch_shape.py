"""Give every batch the same shape: drop_remainder=True."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class FixBatchShape(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "give every batch the same shape: drop_remainder=True"
