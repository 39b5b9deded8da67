"""The proof of one bundle, on trainings that are made up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from vandap.core.estimate import Decision
from vandap.core.experiment import Pairing, read_experiment
from vandap.core.store import write_arrays, write_json
from vandap.evaluate.experiment.plan import Plan
from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import LearningRate
from vandap.repair.confirm import FIRST_SEED, Confirmation
from vandap.repair.runner import Done, Job, Runner
from vandap.repair.score import Scale
from vandap.repair.trial.division import Division
from vandap.repair.trial.request import PREDICTIONS, REQUEST, RESULT, Result

ROWS = 800
TARGET = np.arange(ROWS) % 2
BETTER = (LearningRate(0.1),)
BINARY = Result("done", losses=("BinaryCrossentropy",), activation="sigmoid", initial="same")


class Workers:
    """Trains by drawing: each arm answers a share of the rows rightly."""

    def __init__(self, right: Callable[[Job], float | None]) -> None:
        self.right, self.jobs, self.count = right, list[Job](), 1

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
        write_json(request.parent / RESULT, BINARY)
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


def test_few_rows_are_decided_by_folds(tmp_path: Path) -> None:
    """Ten trainings of each arm or more, each on rows that it has not seen; the report says that rows were shared."""
    found = confirmation(tmp_path, shares(0.6, 0.9), small=True).decide(BETTER, Plan.within(5))
    assert found.outcome is not None and found.outcome.decision is Decision.BETTER
    assert len(found.changed.trials) == 10
    assert any("repeated folds" in note for note in found.outcome.notes)


@pytest.mark.parametrize("small", [False, True])
def test_without_time_there_is_no_verdict(tmp_path: Path, small: bool) -> None:
    """A proof that did not reach its first look says nothing, and goes on later."""
    proof = confirmation(tmp_path, shares(0.6, 0.9), small=small)
    cut = proof.decide(BETTER, Plan.within(20), until=0.0)
    assert cut.outcome is None and cut.status == "interrupted"
    whole = proof.decide(BETTER, Plan.within(20))
    assert whole.outcome is not None
