"""Subtract the mean and divide by the deviation of each column, or begin with Normalization."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.data import ALL, EACH, StandardiseInputs
from vandap.repair.changes.structure import Remove
from vandap.repair.inputs import are_of_one_unit, reads_tokens
from vandap.repair.layers import of_kind
from vandap.repair.remedy import Case, Remedy, Safety


class StandardiseTheInputs(Remedy):
    """Inputs of mean zero and deviation one."""

    words = "subtract the mean and divide by the deviation of each column, or begin with Normalization"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change, in place of what scales now; numbers that name words are not measured on a scale."""
        if reads_tokens(case):
            return ()
        order = (ALL, EACH) if are_of_one_unit(case) else (EACH, ALL)
        scaling = tuple(Remove((layer.path,), layer.kind) for layer in of_kind(case, "Rescaling"))
        return tuple((StandardiseInputs(over), *scaling) for over in order)
