"""Shuffle the examples before they are split, with equal shares of the classes."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.rows import ShuffleSplit
from vandap.repair.remedy import Case, Remedy, Safety

_MISSING = ("rows", "expected")
"""Evidence that a part of the split has none of a class: where only shares differ, rows may be in order of time."""


class ShuffleAndStratify(Remedy):
    """Validation rows of every kind, where Keras takes the last rows of a sorted file."""

    words = "shuffle the examples before they are split, with equal shares of the classes"
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        is_sorted = any(name in case.finding.evidence for name in _MISSING)
        return ((ShuffleSplit(),),) if is_sorted and case.program.fit.validation == "split" else ()
