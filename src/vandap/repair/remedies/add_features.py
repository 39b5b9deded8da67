"""Add features."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class AddFeatures(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "add features that bear on the answer, or let the network make them (interactions, embeddings)"
