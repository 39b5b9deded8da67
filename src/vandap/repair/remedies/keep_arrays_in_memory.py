"""Fit on arrays."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class KeepArraysInMemory(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "fit on arrays in memory, if the decoded examples fit"
