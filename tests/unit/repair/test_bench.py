"""Which bundle is put to the proof when time is short."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from vandap.core.estimate import Decision
from vandap.core.experiment import Arm, Effect, Experiment, Outcome, Pairing, write_experiment
from vandap.core.task import Task
from vandap.errors import TrainingError, UsageError
from vandap.repair.bench import Bench, Plan, looked_at
from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import Epochs, LearningRate
from vandap.repair.proposals import Bundle, Proposal
from vandap.repair.remedy import Safety
from vandap.repair.repaired import experiment_name
from vandap.repair.runner import Done, Job, Runner
from vandap.repair.score import Scale
from vandap.repair.trial.division import Division
from vandap.repair.trial.request import Result

RATE, LONG = LearningRate(0.01), Epochs(500)
ROWS = 400
TARGET = np.arange(ROWS) % 2


class Made(Runner):
    """Trainings that take no time and say that they took some; longer ones are better, and so is the better rate."""

    def __init__(self) -> None:
        self.workers = cast("Any", SimpleNamespace(count=1))
        self._spent = [1.0]
        self.ran = list[Bundle]()

    def identity(self, job: Job) -> str:
        """Of no use here."""
        return str(job)

    def prepared(self, job: Job, folder: Path) -> Path:
        """Of no use here."""
        raise NotImplementedError

    def can_make(self, changes: tuple[Change, ...]) -> bool:
        """Any."""
        return True

    def run(self, jobs: Sequence[Job], until: float | None = None) -> list[Done | None]:
        """All of them at once."""
        done = [Done(job, Result("done", seconds=20.0 if LONG in job.changes else 1.0), Path()) for job in jobs]
        for item in done:
            self.ran.append(item.job.changes)
            self.on_done(item)
        return list(done)


class Known(Scale):
    """Scores by what was changed."""

    def prediction(self, folder: Path, result: Result | None) -> np.ndarray | None:
        """None is needed."""
        return None


def bench(budget: float, monkeypatch: pytest.MonkeyPatch, said: list[str], *, small: bool = False) -> Bench:
    """A bench whose trainings are made up."""
    half = np.arange(ROWS // 2)
    division = Division(ROWS, ROWS, np.zeros(0, int), half, half if small else half + ROWS // 2)
    scale = Known(Task.BINARY, "accuracy", "", TARGET, 2, division, np.array([0.5, 0.5]))

    def say(event: str, facts: Mapping[str, Any]) -> None:
        said.append(str(facts.get("text", "")))

    made = Bench(Made(), Plan(budget), time.monotonic(), say, _scale=scale)
    worth = {RATE: 0.2, LONG: 0.3}
    monkeypatch.setattr(Bench, "_score", lambda self, done: 0.5 + sum(worth[change] for change in done.job.changes))
    made.trials.run([Job((), 0)])
    return made


def proposed() -> list[Proposal]:
    """Both changes."""
    return [Proposal((change,), change.slug, "X1 x", Safety.SAFE) for change in (RATE, LONG)]


@pytest.mark.parametrize(("budget", "small", "put"), [
    (1000.0, False, {RATE, LONG}),  # three trainings of 1 and of 20 s
    (50.0, False, {RATE}),
    (150.0, True, {RATE}),  # repeated folds need ten of each
    (1000.0, True, {RATE, LONG}),
    (2.0, False, {RATE, LONG}),  # no proof fits: the best waits for more time
])  # fmt: skip
def test_the_best_bundle_that_can_be_proved_is(
    budget: float, small: bool, put: set[Change], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One whose trainings take longer than there is time for gives way to one that can be proved, and it is said."""
    said = list[str]()
    made = bench(budget, monkeypatch, said, small=small)
    monkeypatch.setattr(type(made), "left", property(lambda self: self.plan.budget))
    monkeypatch.setattr("vandap.repair.searches._screening.Screening._affordable", lambda self: 9)
    bundle, _ = made.screened(tmp_path, proposed())
    assert set(bundle) == put
    assert any("no time to prove" in text for text in said) == (put == {RATE})
    assert set(made.screened(tmp_path, proposed())[0]) == put  # a search that has ended is not made again
    made.plan = Plan(2 * budget + 5000)
    assert set(made.screened(tmp_path, proposed())[0]) == {RATE, LONG}


def test_without_time_to_screen_the_first_answers_go_to_the_proof(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With more time they are screened after all; small data, whose proof takes longer, are always."""
    due = [replace(item, is_due=True) for item in proposed()[:1]]
    said = list[str]()
    for place, small in (("small", True), ("large", False)):
        (tmp_path / place).mkdir()
        made = bench(7.0, monkeypatch, said, small=small)
        monkeypatch.setattr(type(made), "left", property(lambda self: self.plan.budget))
        bundle, tried = made.screened(tmp_path / place, due)
        assert (bundle, bool(tried)) == ((RATE,), small)
    assert any("no time to screen" in text for text in said)
    assert made.screened(tmp_path / place, due) == ((RATE,), ())
    made.plan = Plan(700.0)
    assert made.screened(tmp_path / place, due)[1]


@pytest.mark.parametrize("crashes", [True, False])
def test_what_crashes_or_cannot_be_made_never_wins(
    crashes: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though it would count as the dummy, which is better than the program as it is."""
    made = bench(1000.0, monkeypatch, [])
    if crashes:
        monkeypatch.setattr(Bench, "_score", lambda self, done: -np.inf if done.job.changes else 0.1)
    else:
        monkeypatch.setattr(Bench, "_score", lambda self, done: 0.1)
        monkeypatch.setattr(type(made.trials), "can_make", lambda self, changes: False)
    bundle, tried = made.screened(tmp_path, proposed())
    assert bundle == () and (tried[0].changes, tried[0].crashed) == ((), 0)
    assert all(item.crashed and not item.scores for item in tried[1:]) and (len(tried) > 1) == crashes
    assert made.screened(tmp_path, proposed()) == (bundle, tried)


def test_looks_are_planned_by_what_the_bundle_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty seeds of both arms would take 420 s: where there are 150, one look at five is planned."""
    made = bench(150.0, monkeypatch, [])
    made.trials.run([Job((LONG,), 0)])
    assert made.looks(tmp_path, (LONG,), 1, 1).looks == (5,)
    (tmp_path / "usual").mkdir()
    assert made.looks(tmp_path / "usual", (RATE,), 1, 1).looks == (5, 8, 12, 20)


def test_the_run_to_the_end_has_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is proved is run once more as it would be written: the twentieth pair must leave the time for it."""
    made = bench(150.0, monkeypatch, [])
    made.trials.run([Job((), 0), Job((RATE,), 0)])
    pair, whole = made._pair_seconds((RATE,)), made.trials.seconds * made.trials.workers.count
    for left, last in ((20 * pair + 0.9 * whole, 12), (20 * pair + 1.1 * whole, 20)):
        monkeypatch.setattr(Bench, "left", property(lambda self, left=left: left))
        folder = tmp_path / str(last)
        folder.mkdir()
        assert made.looks(folder, (RATE,), 1, 1).looks[-1] == last


def test_what_was_looked_at_stays_under_proof(tmp_path: Path) -> None:
    """A proof that was interrupted after a look is not begun again with another bundle and the whole error."""
    assert looked_at(tmp_path, 1) == ()
    arms = Arm("as it is"), Arm("changed", (RATE.stored(), LONG.stored()))
    begun = Experiment("E01-fix", "Is it better?", "confirm", *arms, status="running")
    write_experiment(tmp_path, begun)
    assert looked_at(tmp_path, 1) == ()
    outcome = Outcome("accuracy", Decision.CANNOT_TELL, Effect(0.1), 0.01, Pairing.FULL, (5, 8))
    write_experiment(tmp_path, replace(begun, outcome=outcome))
    assert looked_at(tmp_path, 1) == (RATE, LONG)
    assert looked_at(tmp_path, 2) == ()


def test_a_metric_that_is_none_is_refused_before_anything_is_run() -> None:
    """Its name would become that of a folder."""
    with pytest.raises(UsageError, match="no such metric"):
        Plan(metric="../../beauty")


@pytest.mark.parametrize("margin", [0.0, -0.1, float("nan"), float("inf")])
def test_a_margin_is_a_difference(margin: float) -> None:
    """What does not matter is more than nothing, and less than all."""
    with pytest.raises(UsageError, match="no margin"):
        Plan(margin=margin)


def test_another_margin_is_another_question() -> None:
    """A verdict that was asked for by other words is not shown for these."""
    plans = [Plan(), Plan(margin=0.02), Plan(metric="accuracy"), Plan(metric="accuracy", margin=0.02)]
    assert len({plan.asked for plan in plans}) == len({experiment_name(plan) for plan in plans}) == 4


@pytest.mark.parametrize(("ended", "others", "goes"), [
    ("failed", ((LONG,), (RATE,)), True),  # the second makes it train
    ("failed", ((LONG,),), False),
    ("not finite", (), True),  # NaN is a result
])  # fmt: skip
def test_a_training_that_crashes_is_rehearsed_with_changes(
    ended: str, others: tuple[Bundle, ...], goes: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What ends shows which rows are held out and what is predicted."""
    made = bench(1000.0, monkeypatch, [])
    made.trials.folder, known = tmp_path, made.scale

    def run(jobs: Sequence[Job], until: float | None = None) -> list[Done | None]:
        how = ["done" if RATE in job.changes else ended for job in jobs]
        return [Done(job, Result(status, "It broke."), tmp_path) for job, status in zip(jobs, how, strict=True)]

    monkeypatch.setattr(made.trials, "run", run)
    monkeypatch.setattr("vandap.repair.bench.read_division", lambda path: known.division)
    monkeypatch.setattr(Scale, "of", classmethod(lambda cls, *given: known))
    made._scale = None
    if goes:
        made.rehearse(others)
        assert made.scale is known
    else:
        with pytest.raises(TrainingError, match="cannot be trained again"):
            made.rehearse(others)
