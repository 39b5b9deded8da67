"""Give the Embedding as many rows as there are different numbers: input_dim = maximum + 1."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class EnlargeEmbedding(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "give the Embedding as many rows as there are different numbers: input_dim = maximum + 1"
