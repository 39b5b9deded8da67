"""Look at some examples with their labels."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class CheckLabels(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "look at some examples with their labels"
