"""Weaken augmentation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from vandap.repair.changes.change import Change
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import strengths


class WeakenAugmentation(Remedy):
    """Images that are changed less."""

    words = "make the augmentation weaker"
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change: all at once, and each by itself."""
        each = [replace(setting, value=float(setting.value or 0.0) / 4) for setting in strengths(case)]
        if each:
            yield tuple(each)
        if len(each) > 1:
            yield from ((change,) for change in each)
