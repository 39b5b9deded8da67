"""The proof of one bundle, on trainings that are made up."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from vandap.core.estimate import Decision
from vandap.core.experiment import Pairing, read_experiment
from vandap.core.progress import silent
from vandap.core.store import write_arrays, write_json
from vandap.errors import TrainingError
from vandap.evaluate.experiment.plan import Plan
from vandap.repair.bench import Bench
from vandap.repair.bench import Plan as BenchPlan
from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import LearningRate
from vandap.repair.confirm import FIRST_SEED, FOLDS_NOTE, SCREENED_NOTE, Confirmation
from vandap.repair.runner import Done, Job, Runner
from vandap.repair.score import Scale
from vandap.repair.trial.division import Division, read_division
from vandap.repair.trial.request import NO_ROOM, OTHER_DATA, PREDICTIONS, REQUEST, RESULT, Result

ROWS = 800
TARGET = np.arange(ROWS) % 2
BETTER = (LearningRate(0.1),)
BINARY = Result("done", losses=("BinaryCrossentropy",), activation="sigmoid", initial="same")


class Workers:
    """Trains by drawing: each arm answers a share of the rows rightly."""

    def __init__(self, right: Callable[[Job], float | None]) -> None:
        self.right, self.jobs, self.count, self.initial = right, list[Job](), 1, BINARY.initial

    def begin(self) -> None:
        """Nothing is to be imported."""

    def run(self, request: Path, timeout: float) -> str:
        """Write what a training would leave."""
        job = self.jobs[-1]
        share = self.right(job)
        if share is None:
            write_json(request.parent / RESULT, Result("failed", "It crashed."))
            return "exit 0"
        random = np.random.default_rng((job.seed, len(job.changes)))
        rows = np.arange(ROWS) if job.fold is None else np.arange(job.fold[0], ROWS, job.fold[1])
        answer = np.where(random.random(len(rows)) < share, TARGET[rows], 1 - TARGET[rows])
        arrays = {"prediction": answer[:, None].astype(np.float32), "target": TARGET[rows]}
        write_arrays(request.parent / PREDICTIONS, arrays)
        write_json(request.parent / RESULT, replace(BINARY, initial=self.initial))
        return "exit 0"

    def stop(self) -> None:
        """Nothing runs."""


class Trials(Runner):
    """A runner without a program."""

    def __init__(self, folder: Path, right: Callable[[Job], float | None]) -> None:
        self.folder, self.workers = folder, cast(Any, Workers(right))
        self.timeout, self.on_done, self._spent = 1.0, lambda done: None, []

    def identity(self, job: Job) -> str:
        """The arm, the fold and the seed."""
        return f"{len(job.changes)}-{job.fold}-{job.seed}"

    def prepared(self, job: Job, folder: Path) -> Path:
        """Tell the made-up workers what is asked."""
        cast(Any, self.workers).jobs.append(job)
        return folder / REQUEST

    def can_make(self, changes: tuple[Change, ...]) -> bool:
        """Anything."""
        return True


def confirmation(folder: Path, right: Callable[[Job], float | None], *, small: bool = False) -> Confirmation:
    """A proof on 400 deciding rows, or on folds."""
    every = np.arange(ROWS)
    parts = (every, every) if small else (every[:400], every[400:])
    division = Division(ROWS if small else 0, 0 if small else ROWS, np.zeros(0, np.int64), *parts)
    trials = Trials(folder / "trials", right)
    first = cast(Done, trials.run([Job((), 0)])[0])
    scale = Scale.of(first.folder, first.result, division)
    return Confirmation(trials, scale, folder / "E01-fix", "Is it better?")


def shares(reference: float, changed: float) -> Callable[[Job], float]:
    """How many rows each arm answers rightly."""
    return lambda job: changed if job.changes else reference


def test_a_clear_gain_is_proved_at_the_first_look(tmp_path: Path) -> None:
    """Five fresh seeds of each arm; every trial is stored with its score."""
    found = confirmation(tmp_path, shares(0.6, 0.9)).decide(BETTER, Plan.within(20))
    assert found.outcome is not None and found.outcome.decision is Decision.BETTER
    assert [trial.seed for trial in found.changed.trials] == [FIRST_SEED + place for place in range(5)]
    assert found.outcome.pairing is Pairing.FULL
    assert read_experiment(tmp_path / "E01-fix").outcome is not None


def test_what_is_not_known_to_be_equal_is_not_called_so(tmp_path: Path) -> None:
    """A network that is built by its data has no first values that could be compared; `seed only` pairs nothing."""
    proof = confirmation(tmp_path, shares(0.6, 0.9))
    cast(Any, proof.trials.workers).initial = ""
    found = proof.decide(BETTER, Plan.within(20))
    assert found.outcome is not None and found.outcome.pairing is Pairing.PARTIAL
    alone = confirmation(tmp_path / "folds", shares(0.6, 0.9), small=True)
    alone.unpaired = True
    told = alone.decide(BETTER, Plan.within(20))
    assert told.outcome is not None and told.outcome.pairing is Pairing.NONE


def test_equal_arms_are_not_called_better(tmp_path: Path) -> None:
    """All looks are taken, and the verdict is not a gain."""
    found = confirmation(tmp_path, shares(0.8, 0.8)).decide(BETTER, Plan.within(12))
    assert found.outcome is not None and found.status == "done"
    assert found.outcome.decision in (Decision.NO_DIFFERENCE, Decision.CANNOT_TELL)


def test_harm_is_told(tmp_path: Path) -> None:
    """A change that makes it worse is called so."""
    found = confirmation(tmp_path, shares(0.9, 0.6)).decide(BETTER, Plan.within(20))
    assert found.outcome is not None and found.outcome.decision in (Decision.HARM, Decision.WORSE)


def test_crashes_score_as_the_dummy(tmp_path: Path) -> None:
    """A crashed training is a result: the arm that never crashes wins, and the crashes are counted."""

    def right(job: Job) -> float | None:
        return 0.9 if job.changes or job.seed == 0 else None

    found = confirmation(tmp_path, right).decide(BETTER, Plan.within(20))
    assert found.outcome is not None and found.outcome.decision is Decision.BETTER
    assert found.reference.broken == found.outcome.broken["reference"] == 5


def test_crashes_are_no_cure(tmp_path: Path) -> None:
    """Where the training as it is does worse than the dummy, a changed one that always crashes is not better."""

    def right(job: Job) -> float | None:
        return None if job.changes else 0.2

    found = confirmation(tmp_path, right).decide(BETTER, Plan.within(5))
    assert found.outcome is not None and found.outcome.decision is Decision.CANNOT_TELL
    assert found.outcome.effect.low > 0 and found.outcome.needed is None
    assert any("never called better" in note for note in found.outcome.notes)


@pytest.mark.parametrize(("ended", "told"), [(11, True), (9, False)])
def test_folds_stand_at_the_last_whole_repeat(
    ended: int, told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time that is up in the third repeat leaves two that count; in the second, nothing is decided."""
    proof = confirmation(tmp_path, shares(0.6, 0.9), small=True)
    begun, run = list[Job](), proof.trials.run

    def cut(jobs: Sequence[Job], until: float | None = None) -> list[Done | None]:
        begun.extend(jobs)
        return [*run(jobs[: 2 * ended + 1]), *[None] * (len(jobs) - 2 * ended - 1)]

    monkeypatch.setattr(proof.trials, "run", cut)
    found = proof.decide(BETTER, Plan.within(20))
    assert len(begun) == 40
    assert len(found.reference.trials) == len(found.changed.trials) == (10 if told else 9)
    assert [trial.seed for trial in found.reference.trials] == [trial.seed for trial in found.changed.trials]
    assert (found.outcome is not None) == told


def test_rows_of_one_group_are_no_independent_witnesses(tmp_path: Path) -> None:
    """Where the division knows groups, they are the units that decide."""
    proof = confirmation(tmp_path, shares(0.6, 0.9))
    groups = np.arange(ROWS) // 2
    division = replace(proof.scale.division, groups=groups)
    division.write(tmp_path / "division.npz")
    known = read_division(tmp_path / "division.npz")
    assert known is not None
    found = replace(proof, scale=replace(proof.scale, division=known)).decide(BETTER, Plan.within(5))
    assert found.outcome is not None and found.outcome.effect.count == len(np.unique(groups[division.confirm]))


def test_a_further_proof_has_a_smaller_error(tmp_path: Path) -> None:
    """One look, half the error; the record of the one before stays."""
    bench = Bench(confirmation(tmp_path, shares(0.8, 0.8)).trials, BenchPlan(1e6), time.monotonic(), silent)
    bench.trials._spent.append(1.0)
    folder = tmp_path / "E01-fix"
    folder.mkdir(exist_ok=True)
    plans = [bench.looks(folder, (), proof, proof) for proof in (1, 2, 3)]
    assert [plan.alpha for plan in plans] == [0.05, 0.025, 0.0125] and len(plans[1].looks) == 1
    proof = confirmation(tmp_path, shares(0.8, 0.8))
    for number, plan in enumerate(plans[:2], start=1):
        replace(proof, hypothesis=number).decide(BETTER, plan)
    assert read_experiment(folder).hypothesis == 2 and (folder / "experiment-1.json").is_file()


def test_one_training_for_two_names(tmp_path: Path) -> None:
    """Jobs that train the same are trained once, also when they are asked for at once."""
    trials = confirmation(tmp_path, shares(0.8, 0.8)).trials
    jobs = [Job(BETTER, 7), Job((LearningRate(0.2),), 7)]  # these made-up trials tell arms apart by their number only
    before = len(cast(Any, trials.workers).jobs)
    found = trials.run(jobs)
    assert [done.job for done in found if done] == jobs and len(cast(Any, trials.workers).jobs) == before + 1


def test_what_the_machine_ended_says_nothing_of_an_arm(tmp_path: Path) -> None:
    """Killed by hand: trained once more. A full disk: the command ends, and nothing is stored."""
    trials = confirmation(tmp_path, shares(0.8, 0.8)).trials
    workers = cast(Any, trials.workers)
    usual = workers.run
    for seed, how in enumerate(("killed 9", "lost"), start=7):
        ended = iter([how])
        workers.run = lambda request, timeout, ended=ended: next(ended, None) or usual(request, timeout)
        (done,) = trials.run([Job(BETTER, seed)])
        assert done is not None and done.result.status == "done"

    workers.run = lambda request, timeout: "killed 9"
    (done,) = trials.run([Job(BETTER, 10)])
    assert done is not None and done.result.status == "stopped" and not (done.folder / RESULT).exists()
    trials.does_train = True
    with pytest.raises(TrainingError, match="machine ended"):
        trials.run([Job((), 10)])

    def other(request: Path, timeout: float) -> str:
        write_json(request.parent / RESULT, Result(OTHER_DATA, "The files have another fingerprint."))
        return "exit 0"

    workers.run = other
    with pytest.raises(TrainingError, match="have changed"):
        trials.run([Job(BETTER, 9)])

    def full(request: Path, timeout: float) -> str:
        write_json(request.parent / RESULT, Result(NO_ROOM, "No space left."))
        return "exit 0"

    workers.run = full
    with pytest.raises(OSError, match="space"):
        trials.run([Job(BETTER, 9)])
    workers.run = usual
    (done,) = trials.run([Job(BETTER, 9)])
    assert done is not None and done.result.status == "done"


def test_a_trial_that_the_budget_ends_is_not_counted(tmp_path: Path) -> None:
    """It was stopped for our clock, not for its own fault."""
    trials = confirmation(tmp_path, shares(0.8, 0.8)).trials
    workers = cast(Any, trials.workers)
    usual, workers.run = workers.run, lambda request, timeout: "timed out"
    assert trials.run([Job(BETTER, 8)])[0] is not None  # by its own time limit
    workers.run = lambda request, timeout: time.sleep(max(0, trials.deadline - time.monotonic())) or "timed out"
    trials.deadline = time.monotonic() + 0.2
    assert trials.run([Job(BETTER, 9)]) == [None]
    workers.run, trials.deadline = usual, math.inf
    assert [done.result.status for done in trials.run([Job(BETTER, 8), Job(BETTER, 9)]) if done] == ["done"] * 2


def test_few_rows_are_decided_by_folds(tmp_path: Path) -> None:
    """Ten trainings of each arm or more, each on rows that it has not seen; the report says that rows were shared."""
    found = confirmation(tmp_path, shares(0.6, 0.9), small=True).decide(BETTER, Plan.within(5))
    assert found.outcome is not None and found.outcome.decision is Decision.BETTER
    assert len(found.changed.trials) == 10
    assert found.outcome.notes[:2] == (FOLDS_NOTE, SCREENED_NOTE)
    asked = replace(confirmation(tmp_path / "asked", shares(0.6, 0.9), small=True), screened=False)
    outcome = asked.decide(BETTER, Plan.within(5)).outcome
    assert outcome is not None and outcome.notes[0] == FOLDS_NOTE and SCREENED_NOTE not in outcome.notes


def test_time_that_is_left_goes_into_more_seeds_of_the_same_folds(tmp_path: Path) -> None:
    """Each pass has other seeds and the same rows held out; a pass that was cut does not count."""
    proof = confirmation(tmp_path, shares(0.6, 0.9), small=True)
    proof.passes = 3
    found = proof.decide(BETTER, Plan.within(8))
    jobs = cast(Any, proof.trials.workers).jobs
    folds, seeds = ({(job.fold, job.seed)[part] for job in jobs if job.fold} for part in (0, 1))
    assert (len(found.changed.trials), len(folds), len(seeds)) == (30, 10, 30)
    assert found.outcome is not None and found.outcome.effect.seeds == 30
    assert proof.decide(BETTER, Plan.within(20)) == read_experiment(proof.folder)  # it stands
    usual, proof = proof.trials.run, replace(proof, folder=tmp_path / "cut")
    proof.trials.run = lambda jobs, until=None: [*usual(jobs[:45], until), *[None] * 15]  # type: ignore[method-assign]
    assert len(proof.decide(BETTER, Plan.within(8)).changed.trials) == 20


@pytest.mark.parametrize("small", [False, True])
def test_without_time_there_is_no_verdict(tmp_path: Path, small: bool) -> None:
    """A proof that did not reach its first look says nothing, and goes on later."""
    proof = confirmation(tmp_path, shares(0.6, 0.9), small=small)
    cut = proof.decide(BETTER, Plan.within(20), until=0.0)
    assert cut.outcome is None and cut.status == "interrupted"
    whole = proof.decide(BETTER, Plan.within(20))
    assert whole.outcome is not None
