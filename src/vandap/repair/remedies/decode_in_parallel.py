"""Decode in parallel."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class DecodeInParallel(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "decode in parallel: tf.data's map(num_parallel_calls=tf.data.AUTOTUNE)"
