"""Prepare batches ahead: prefetch."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class Prefetch(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "prepare batches ahead of the step: prefetch"
