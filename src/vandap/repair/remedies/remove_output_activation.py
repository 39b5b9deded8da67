"""Remove the activation of the output."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.output import OutputActivation
from vandap.repair.remedy import Case, Remedy, Safety


class RemoveOutputActivation(Remedy):
    """Outputs of any size."""

    words = "remove the activation of the output"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        output = case.output
        return (
            ()
            if output is None or output.activation in (None, "linear")
            else ((OutputActivation(output.path, "linear"),),)
        )
