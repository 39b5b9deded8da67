"""Classes take a cross-entropy, numbers a squared or absolute error."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.output import OutputActivation, SetLoss
from vandap.repair.pairs import pair_for
from vandap.repair.remedy import Case, Remedy, Safety


class MatchLossToTask(Remedy):
    """Loss and output that belong to the labels."""

    words = "classes take a cross-entropy, numbers a squared or absolute error"
    safety = Safety.ASK

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
