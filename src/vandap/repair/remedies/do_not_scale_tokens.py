"""Do not scale tokens."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class DoNotScaleTokens(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "feed the Embedding whole numbers: scale no tokens"
