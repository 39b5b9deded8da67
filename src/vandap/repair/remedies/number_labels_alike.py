"""Number validation and test labels as the training labels."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class NumberLabelsAlike(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "number validation and test labels by the same order as the training labels: one encoder, fitted once"
