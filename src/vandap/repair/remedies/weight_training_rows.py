"""Weight training rows."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class WeightTrainingRows(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "weight training rows by how like the new data they are: sample_weight in fit"
