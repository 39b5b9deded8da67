"""Give the output the activation that its loss expects."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.output import OutputActivation
from vandap.repair.pairs import activation_for
from vandap.repair.remedy import Case, Remedy, Safety


class MatchOutputToLoss(Remedy):
    """The activation that the loss expects."""

    words = "give the output the activation that its loss expects"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        output, wanted = case.output, activation_for(case)
        if output is None or not wanted or wanted == output.activation:
            return ()
        return ((OutputActivation(output.path, wanted),),)
