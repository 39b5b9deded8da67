"""Connect the layer to the output, or remove it."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class ConnectLayer(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "connect the layer to the output, or remove it"
