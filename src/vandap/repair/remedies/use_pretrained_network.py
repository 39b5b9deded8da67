"""Use pretrained network."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class UsePretrainedNetwork(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "start from a network of keras.applications with pretrained weights"
