"""Find where the missing or infinite values come from."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class RepairSourceValues(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "find where the missing or infinite values come from"
