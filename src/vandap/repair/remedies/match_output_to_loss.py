"""Give the output the activation that its loss expects."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.output import OutputActivation
from vandap.repair.pairs import activation_for
from vandap.repair.remedy import Case, Remedy, Safety
from vandap.repair.shared import loss_of_labels


class MatchOutputToLoss(Remedy):
    """The activation that the loss expects."""

    words = "give the output the activation that its loss expects"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        output, wanted = case.output, activation_for(case)
        if output is None or not wanted:
            return ()
        if wanted == output.activation:  # then it is the loss that does not go with the labels
            return loss_of_labels(case)
        if wanted == "softmax" and output.output_shape[-1:] == (1,):  # it would answer 1 whatever comes in
            return loss_of_labels(case)
        return ((OutputActivation(output.path, wanted),),)
