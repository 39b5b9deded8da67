"""Lead the input of each block around it: layers.add([x, block(x)])."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class AddSkipConnections(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "lead the input of each block around it: layers.add([x, block(x)])"
