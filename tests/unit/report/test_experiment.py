"""What a report tells of an experiment."""

from __future__ import annotations

from vandap.core.experiment import Arm, Experiment, Trial
from vandap.report.experiment import broken


def test_trainings_that_ended_alike_are_told_once() -> None:
    """A script that always crashes does so with every seed."""
    crashed = tuple(Trial(seed, "failed", reason="ValueError: no such argument") for seed in range(1000, 1100))
    other = (Trial(7, "not finite", reason="Its predictions are not finite."), Trial(8, score=0.9))
    arms = Arm("as it is", (), crashed), Arm("changed", (), other)
    assert broken(Experiment("E01", "?", "confirm", *arms)) == (
        "as it is, 100 seeds, the first of them 1000: failed. ValueError: no such argument",
        "changed, seed 7: not finite. Its predictions are not finite.",
    )
