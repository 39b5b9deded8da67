"""Give the loss from_logits=True."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.output import FromLogits, OutputActivation
from vandap.repair.remedy import Case, Remedy, Safety


class SetFromLogits(Remedy):
    """The loss is told that it is given logits."""

    words = "give the loss from_logits=True"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        output = case.output
        if output is None or output.activation != "linear":
            return ()
        losses = case.program.compile.losses
        binary = bool(losses) and losses[0].kind == "BinaryCrossentropy"
        activation = OutputActivation(output.path, "sigmoid" if binary else "softmax")
        return ((FromLogits(True),), (activation,))
