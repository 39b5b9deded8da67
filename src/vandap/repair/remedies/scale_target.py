"""Divide the targets by their deviation, and multiply the answers by it."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import scaled_target


class ScaleTheTarget(Remedy):
    """A layer at the end that brings the outputs to the scale of the targets."""

    words = "divide the targets by their deviation, and multiply the answers by it"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        return scaled_target(case)
