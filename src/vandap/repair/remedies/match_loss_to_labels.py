"""Class numbers take sparse_categorical_crossentropy, one-hot rows categorical_crossentropy."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.output import OutputActivation, SetLoss
from vandap.repair.pairs import pair_for
from vandap.repair.remedy import Case, Remedy, Safety


class MatchLossToLabels(Remedy):
    """Loss and output that belong to the labels."""

    words = "class numbers take sparse_categorical_crossentropy, one-hot rows categorical_crossentropy"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        output, pair = case.output, pair_for(case)
        if output is None or pair is None:
            return ()
        loss, activation = pair
        changes: list[Change] = [SetLoss(loss)]
        if output.activation != activation:
            changes.append(OutputActivation(output.path, activation))
        return (tuple(changes),)
