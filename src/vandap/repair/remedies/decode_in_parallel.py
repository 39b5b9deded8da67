"""Decode in parallel."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class DecodeInParallel(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = (
        "read ahead in several workers: fit of a PyDataset with workers=4, or tf.data's "
        "map(num_parallel_calls=...) and prefetch"
    )
