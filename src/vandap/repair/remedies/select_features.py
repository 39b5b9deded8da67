"""Leave out features that tell nothing about the target."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes import data
from vandap.repair.changes.change import Change
from vandap.repair.layers import features
from vandap.repair.remedy import Case, Remedy, Safety

LEAST = 8
"""Of fewer features none is left out: noise in so few is no load."""


class SelectFeatures(Remedy):
    """Less noise to learn by heart."""

    words = "leave out features that tell nothing about the target"
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return ((data.SelectFeatures(),),) if features(case) >= LEAST else ()
