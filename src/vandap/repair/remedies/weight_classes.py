"""Weight classes."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.data import ClassWeights
from vandap.repair.inputs import class_counts, is_imbalanced
from vandap.repair.remedy import Case, Remedy, Safety


class WeightClasses(Remedy):
    """Each class weighs the same in the loss."""

    words = "give rare classes more weight: class_weight in fit"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        counts = class_counts(case)
        are_wrong = "weight_ratio" in case.finding.evidence and min(counts, default=0) > 0
        if not (are_wrong or is_imbalanced(case)):
            return ()
        mean = sum(counts) / len(counts)
        return ((ClassWeights(tuple(float(f"{mean / count:.3g}") for count in counts)),),)
