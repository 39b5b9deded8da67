"""Use keras.ops in place of NumPy inside the model."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class UseKerasOps(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "use keras.ops in place of NumPy inside the model"
