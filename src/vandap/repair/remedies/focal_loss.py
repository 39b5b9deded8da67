"""Focal loss."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class FocalLoss(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "focal loss"
