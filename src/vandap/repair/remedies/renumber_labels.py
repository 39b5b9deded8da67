"""Number the classes 0, 1, 2, ... without gaps."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class RenumberLabels(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "number the classes 0, 1, 2, ... without gaps"
