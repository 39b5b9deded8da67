"""Put MaxPooling2D or strides between the convolutions."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class PoolBetweenConvolutions(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "put MaxPooling2D or strides between the convolutions"
