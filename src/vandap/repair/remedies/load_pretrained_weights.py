"""Load trained weights before freezing the layer."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class LoadPretrainedWeights(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "load trained weights before freezing the layer"
