"""Prepare validation and test inputs as the training inputs."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.data import DEVIATION, PIXELS, ScaleTrainingInputs
from vandap.repair.remedy import Case, Remedy, Safety


class PrepareAlike(Remedy):
    """Inputs of all parts on one scale. Where training alone was scaled, nobody can say by which numbers."""

    words = "prepare validation and test inputs by the same steps and numbers as the training inputs"
    safety = Safety.ASK

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Scale the training inputs, where the others are scaled already."""
        evidence = case.finding.evidence
        if case.program.fit.data != "arrays":
            return ()
        return tuple((ScaleTrainingInputs(by),) for by in (DEVIATION, PIXELS) if evidence.get(by))
