"""Impute with indicator."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class ImputeWithIndicator(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "fill missing values with the median, and add a column that says where"
