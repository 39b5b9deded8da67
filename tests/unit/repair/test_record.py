"""A stored repair: when the same command with more time may go on, and what it says of what it left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from report_fixed import better, undecided

from vandap.core.estimate import Decision
from vandap.repair.bench import Plan
from vandap.repair.record import (
    NOT_PROVED,
    NOTHING_FOUND,
    NOTHING_HELPED,
    OUT_OF_BUDGET,
    PROVED,
    Fixed,
    read_fixed,
    write_fixed,
)
from vandap.repair.repaired import begun

OPEN = Fixed("train.py", "", NOT_PROVED, experiment=undecided(), budget=60.0)


def test_more_time_goes_on_with_what_could_not_tell() -> None:
    """A proof that could not tell, a search that found nothing: a larger budget may say more, the same one not."""
    for known in (OPEN, replace(OPEN, status=NOTHING_HELPED, experiment=None)):
        assert known.is_final(60.0, "guided") and not known.is_final(120.0, "guided")
    assert not replace(OPEN, status=OUT_OF_BUDGET).is_final(1.0, "guided")


@pytest.mark.parametrize("decision", [Decision.NO_DIFFERENCE, Decision.WORSE, Decision.HARM])
def test_a_verdict_is_not_asked_for_again(decision: Decision) -> None:
    """To look again until one likes the answer would find something by chance."""
    experiment = undecided()
    assert experiment.outcome is not None
    told = replace(experiment, outcome=replace(experiment.outcome, decision=decision))
    assert replace(OPEN, experiment=told).is_final(1e6, "guided")
    assert replace(OPEN, status=PROVED, experiment=better()).is_final(1e6, "guided")
    assert replace(OPEN, status=NOTHING_FOUND, experiment=None).is_final(1e6, "guided")


def test_each_proof_has_a_number() -> None:
    """Only a proof that was looked at counts as one; its record comes back as it was stored."""
    plan = Plan(120.0)
    assert begun("train.py", Path("run"), plan, None).proofs == 1
    assert begun("train.py", Path("run"), plan, OPEN).proofs == 2
    assert begun("train.py", Path("run"), plan, replace(OPEN, status=OUT_OF_BUDGET)).proofs == 1
    assert begun("train.py", Path("run"), plan, replace(OPEN, proofs=2, status=OUT_OF_BUDGET)).proofs == 2


def test_a_record_comes_back(tmp_path: Path) -> None:
    """The budget and the number of the proof are stored with it."""
    write_fixed(tmp_path, replace(OPEN, proofs=3))
    known = read_fixed(tmp_path)
    assert known is not None and (known.budget, known.proofs) == (60.0, 3)
