"""Give EarlyStopping more patience and restore_best_weights=True."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class RepairEarlyStopping(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "give EarlyStopping more patience and restore_best_weights=True"
