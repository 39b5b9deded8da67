"""Prepare validation and test inputs as the training inputs."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class PrepareAlike(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "prepare validation and test inputs by the same steps and numbers as the training inputs"
