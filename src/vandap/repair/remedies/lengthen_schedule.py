"""Let the schedule last as many steps as the training has."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class LengthenSchedule(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "let the schedule last as many steps as the training has"
