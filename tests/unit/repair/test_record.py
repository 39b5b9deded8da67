"""A stored repair: when the same command with more time may go on, and what it says of what it left out."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from report_fixed import arm, better, undecided

from vandap.core.estimate import Decision
from vandap.core.experiment import write_experiment
from vandap.core.store import write_json
from vandap.core.task import Task
from vandap.repair.bench import Plan
from vandap.repair.changes.optimisation import Clip, Epochs, LearningRate, NoClip
from vandap.repair.changes.output import FromLogits, OutputActivation
from vandap.repair.outcome import _dropped, _notes, _status, concluded
from vandap.repair.proposals import Proposal
from vandap.repair.record import (
    NOT_PROVED,
    NOTHING_FOUND,
    NOTHING_HELPED,
    OUT_OF_BUDGET,
    PROVED,
    RUNS,
    Fixed,
    read_fixed,
    write_fixed,
)
from vandap.repair.remedy import Safety
from vandap.repair.repaired import begun
from vandap.repair.searches import Tried

DEAD, ALIVE = (math.nan,) * 4, (0.2, 0.3, 0.2, 0.3)
"""Scores of trainings that broke, and of some that did not."""
OPEN = Fixed("train.py", "", NOT_PROVED, experiment=undecided(), budget=60.0)


def test_more_time_goes_on_with_what_could_not_tell() -> None:
    """A proof that could not tell, a search that found nothing: a larger budget may say more, the same one not."""
    for known in (OPEN, replace(OPEN, status=NOTHING_HELPED, experiment=None)):
        assert known.is_final(60.0, "guided") and not known.is_final(120.0, "guided")
        assert replace(known, status=RUNS).is_final(120.0, "guided") is (known.experiment is None)
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


@pytest.mark.parametrize(
    ("before", "after", "decision", "status"),
    [
        (DEAD, ALIVE, Decision.CANNOT_TELL, RUNS),
        (DEAD, ALIVE, Decision.NO_DIFFERENCE, RUNS),
        (DEAD, ALIVE, Decision.BETTER, PROVED),
        (DEAD, ALIVE, Decision.HARM, NOT_PROVED),
        ((*DEAD[1:], 0.8), ALIVE, Decision.CANNOT_TELL, NOT_PROVED),
        (DEAD, (*ALIVE[1:], math.nan), Decision.CANNOT_TELL, NOT_PROVED),
        (DEAD, DEAD, Decision.NO_DIFFERENCE, NOT_PROVED),
    ],
)
def test_what_made_a_crashing_script_train_is_kept(before, after, decision, status):
    """All trainings of one arm broke and none of the other: that is certain, also where the score is not."""
    experiment = undecided()
    assert experiment.outcome is not None
    outcome = replace(experiment.outcome, decision=decision)
    arms = arm("as it is", *before), arm("changed", *after)
    assert _status(replace(experiment, reference=arms[0], changed=arms[1], outcome=outcome)) == status
    assert _status(replace(experiment, outcome=None)) is None


def test_each_proof_has_a_number(tmp_path: Path) -> None:
    """What was looked at counts, by whatever search, also where it was killed then; what goes on is the same proof."""

    def number(search: str = "guided") -> int:
        return begun("train.py", tmp_path, Plan(120.0, search=search)).proofs

    assert number() == 1
    looked = undecided()
    folders = [tmp_path / "experiments" / name for name in ("E01-fix", "E02-fix-random", "E03-lr-times-10")]
    for folder in folders:
        folder.mkdir(parents=True)
    write_experiment(folders[0], replace(looked, outcome=None, status="interrupted"))
    write_experiment(folders[2], looked)  # a question, not a repair
    assert number() == number("random") == 1
    write_experiment(folders[0], replace(looked, status="running"))
    assert (number(), number("random")) == (1, 2)
    write_experiment(folders[0], replace(looked, status="done"))
    assert (number(), number("random")) == (2, 2)
    write_json(folders[0] / "experiment-1.json", looked)
    assert number() == 3


def test_a_record_comes_back(tmp_path: Path) -> None:
    """The last one, with its budget and the number of its proof; and that by each metric."""
    write_fixed(tmp_path, replace(OPEN, proofs=3))
    write_fixed(tmp_path, replace(OPEN, proofs=4, asked="roc_auc"))
    for asked, proofs in ((None, 4), ("", 3), ("roc_auc", 4)):
        known = read_fixed(tmp_path, asked)
        assert known is not None and (known.budget, known.proofs) == (60.0, proofs)
    assert read_fixed(tmp_path, "pr_auc") is None


def test_what_predict_answers_now_is_said() -> None:
    """A program that compares probabilities with one half would go on to do so."""
    scale = cast(Any, SimpleNamespace(division=SimpleNamespace(extra=())))
    logits = (OutputActivation("dense", "linear"), FromLogits(True))
    assert [*_notes(scale, (FromLogits(True),), (), 1)] == []
    (note,) = _notes(scale, logits, (), 1)
    assert note.startswith("predict answers otherwise now (linear on the output)")


def test_what_was_left_out_is_told_with_its_reason() -> None:
    """Screened and no help; no training with it gave a model; there was no time; what cannot be made is not listed."""
    rate, long, clipped, free = LearningRate(0.1), Epochs(9), Clip(1.0), NoClip()
    suggested = [Proposal((change,), change.slug, "X1 x", Safety.SAFE) for change in (rate, long, clipped, free)]
    tried = [Tried((), (0.5,)), Tried((rate,), (0.4,)), Tried((long,), (), 1)]
    source = cast(Any, SimpleNamespace(diff=lambda changes: "" if free in changes else "+"))
    told = {step.words: step.why for step in _dropped(suggested, tried, (), NOTHING_HELPED, source)}
    assert told == {
        rate.words: "screened; it did not help",
        long.words: "screened; no training with it gave a model",
        clipped.words: "not tried: other changes came first, and the time was up",
    }


@pytest.mark.parametrize(
    ("broken", "status", "said"), [("", PROVED, ""), ("NameError", NOT_PROVED, "NameError"), (None, PROVED, "not seen")]
)
def test_what_stops_before_its_end_is_not_kept(broken: str | None, status: str, said: str) -> None:
    """However well its trainings did: the diff is what the user runs."""
    division = SimpleNamespace(extra=(), rows=9, validation="")
    scale = SimpleNamespace(
        task=Task.BINARY, metric="accuracy", why="", division=division, score=lambda prediction, part: 0.5, own=float,
        rows=lambda part: (), counted=lambda scores: scores,
    )  # fmt: skip
    source = SimpleNamespace(refused=lambda changes: (), diff=lambda changes: "a diff")
    change = (LearningRate(0.1),)
    examined = cast(Any, SimpleNamespace(findings=()))
    found = concluded(
        OPEN, examined, cast(Any, source), cast(Any, scale), bundle=change, experiment=better(), broken=broken
    )
    assert (found.status, bool(found.kept), bool(found.diff)) == (status, status == PROVED, status == PROVED)
    assert said in "".join(found.notes) and bool(found.notes) is bool(said)
