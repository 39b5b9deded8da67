"""Cache data."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class CacheData(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "keep decoded examples: tf.data's cache() behind the decoding"
