"""Subtract the mean and divide by the deviation of each column, or begin with Normalization."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.data import ALL, EACH, StandardiseInputs
from vandap.repair.inputs import are_of_one_unit, reads_tokens
from vandap.repair.remedy import Case, Remedy, Safety


class StandardiseTheInputs(Remedy):
    """Inputs of mean zero and deviation one."""

    words = "subtract the mean and divide by the deviation of each column, or begin with Normalization"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change; numbers that name words are not measured on a scale."""
        if reads_tokens(case):
            return ()
        order = (ALL, EACH) if are_of_one_unit(case) else (EACH, ALL)
        return tuple((StandardiseInputs(over),) for over in order)
