"""Classes take accuracy, numbers mae."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class MatchMetricToTask(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "classes take accuracy, numbers mae"
