"""Take column as of prediction time."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class TakeColumnAsOfPredictionTime(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "take the column's value as it is known when the prediction is made"
