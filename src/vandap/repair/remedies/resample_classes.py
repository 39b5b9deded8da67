"""Resample classes."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class ResampleClasses(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "draw rare classes more often, such as with sample_weight or imbalanced-learn"
