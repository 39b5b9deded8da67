"""Scale temperature."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class ScaleTemperature(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "divide the logits by a temperature fitted on validation rows"
