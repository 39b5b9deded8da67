"""Drop the last activation and give the loss from_logits=True."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.output import FromLogits, OutputActivation
from vandap.repair.remedy import Case, Remedy, Safety


class LossFromLogits(Remedy):
    """Logits keep the loss finite where probabilities become 0."""

    words = "drop the last activation and give the loss from_logits=True"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        output, losses = case.output, case.program.compile.losses
        if len(losses) != 1 or "rossentropy" not in losses[0].kind:
            return ()
        if output is None or output.activation not in ("softmax", "sigmoid", "linear"):
            return ()
        if output.activation == "linear":
            return ((FromLogits(True),),)
        return ((OutputActivation(output.path, "linear"), FromLogits(True)),)
