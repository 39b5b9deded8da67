"""Start the output's bias at the mean of the targets (of classes: their log-odds)."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class SetOutputBias(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "start the output's bias at the mean of the targets (of classes: their log-odds)"
