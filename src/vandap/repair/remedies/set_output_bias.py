"""Start the output at the frequencies of the classes, or at the mean of the targets."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.output import OutputBias
from vandap.repair.inputs import output_prior
from vandap.repair.remedy import Case, Remedy, Safety


class SetOutputBias(Remedy):
    """An output that knows from the start how frequent each answer is."""

    words = "start the output's bias at the mean of the targets (of classes: at their log-odds)"
    safety = Safety.SAFE
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        output, prior = case.output, output_prior(case)
        return ((OutputBias(output.path, prior),),) if output is not None and prior else ()
