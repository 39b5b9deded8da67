"""What questions measure of trainings whose worth is known: nothing is trained, predictions are drawn."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from program_zoo import classifier

from vandap.ask.arms import CRASHED, FEW_ROWS, FIRST_SEED, Point, compared
from vandap.ask.opened import Opened
from vandap.ask.questions.i2 import BiasVariance
from vandap.ask.questions.i10 import Imbalance
from vandap.ask.questions.n1 import MoreData
from vandap.ask.whatif.form import Subject
from vandap.core.records import to_json
from vandap.core.task import Task
from vandap.errors import UsageError
from vandap.repair.bench import Plan
from vandap.repair.changes.change import Change
from vandap.repair.changes.data import DataShare
from vandap.repair.changes.rows import Rows
from vandap.repair.changes.structure import Units
from vandap.repair.runner import Done, Job
from vandap.repair.score import Scale
from vandap.repair.session import Session
from vandap.repair.trial.division import Division
from vandap.repair.trial.request import Result

EVERY = np.arange(600)
RARE = (EVERY % 10 == 0).astype(np.int64)
EVEN = EVERY % 2


@dataclass
class Trials:
    """Trainings that answer a share of the rare class and of the other one rightly, drawn by the seed.

    Args:
        skill: From the changes to both shares.
        refused: Kinds of changes that cannot be made.
    """

    skill: Any
    refuses: tuple[str, ...] = ()
    jobs: list[Job] = field(default_factory=list)
    seconds: float = 100.0

    def can_train(self, changes: tuple[Change, ...]) -> bool:
        """Whether it can be made."""
        return not any(getattr(change, "name", change.slug) in self.refuses for change in changes)

    def run(self, jobs: Sequence[Job], until: float | None = None) -> list[Done | None]:
        """All of them, unless the time is up."""
        self.jobs += jobs
        if until is not None and time.monotonic() > until:
            return [None for _ in jobs]
        return [Done(job, Result("done"), Path(str(len(self.jobs)))) for job in jobs]


@dataclass
class Bench:
    """The clock, and a scale that draws predictions."""

    trials: Trials
    scale: Any
    plan: Plan = field(default_factory=lambda: Plan(60.0))
    began: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds of the budget."""
        return self.began + self.plan.budget - time.monotonic()

    def rehearse(self, suggested: object) -> None:
        """Nothing to find out."""


def opened(skill: Any, target: np.ndarray, *refuses: str, budget: float = 60.0, metric: str = "macro_f1") -> Opened:
    """A training of two classes."""
    trials, rows = Trials(skill, refuses), np.arange(len(target))
    division = Division(2000, len(target), np.zeros(0, np.int64), rows[:200], rows)
    scale = Scale(Task.BINARY, metric, "it does not overlook the rare class", target, 2, division, np.array([0.9, 0.1]))
    known = Subject(classifier())
    bench: Any = Bench(trials, scale, Plan(budget), time.monotonic())
    given: Any = trials
    return Opened("train.py", Session(Path(), ""), known, given, bench, lambda kind, facts: None)


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Predictions follow the job that made them."""

    def predictions(asked: Opened, done: Sequence[Done]) -> list[np.ndarray | None]:
        target, given = asked.bench.scale.target, []
        for item in done:
            generator = np.random.default_rng(item.job.seed)
            rare, usual = asked.trials.skill(item.job.changes)  # type: ignore[union-attr]
            right = generator.random(len(target)) < np.where(target == 1, rare, usual)
            given.append(np.eye(2)[np.where(right, target, 1 - target)])
        return list(given)

    for module in ("arms", "questions.i2", "questions.i10"):
        monkeypatch.setattr(f"vandap.ask.{module}.predictions", predictions)


def names(changes: tuple[Change, ...]) -> set[str]:
    """Names of functions, or slugs."""
    return {getattr(change, "name", change.slug) for change in changes}


def test_answers_to_imbalance_are_told_apart() -> None:
    """Oversampling finds the rare class, undersampling pays with the other one; what cannot be made is left out."""

    def skill(changes: tuple[Change, ...]) -> tuple[float, float]:
        found = names(changes)
        return (0.9, 0.97) if "oversampled" in found else (0.9, 0.4) if "undersampled" in found else (0.4, 0.98)

    asked = opened(skill, RARE, "interpolated")
    measured = to_json(Imbalance().measure(asked))
    given = Imbalance().told_of(measured)
    assert "Surely better than the training as it is: oversampling +" in given.text
    assert "undersampling" in given.text.split("Surely worse: ")[1]
    assert {"SMOTE", "class weights"} <= set(measured["left_out"])  # classes were not counted by this training
    rows = {row[0]: row for row in given.tables[0].rows}
    assert rows["as it is"][6] == pytest.approx(0.4, abs=0.1) and rows["oversampling"][6] == pytest.approx(0.9, abs=0.1)
    assert rows["balanced ensemble"][1] == 5 and len({len(row) for row in rows.values()}) == 1


def test_classes_that_are_even_are_left_alone() -> None:
    """Nothing but the rehearsal is run; numbers have no classes."""
    asked = opened(lambda changes: (0.9, 0.9), EVEN)
    assert "nothing to do" in Imbalance().told_of(to_json(Imbalance().measure(asked))).text
    assert not asked.trials.jobs  # type: ignore[union-attr]
    object.__setattr__(asked.bench.scale, "classes", 0)
    with pytest.raises(UsageError, match="no class is rare"):
        Imbalance().measure(asked)


def test_more_rows_that_help_are_seen() -> None:
    """Each halving costs more; the shares are trained with the seeds of the whole."""

    def skill(changes: tuple[Change, ...]) -> tuple[float, float]:
        share = min((change.share for change in changes if isinstance(change, DataShare)), default=1.0)
        right = 0.75 + 0.05 * np.log2(8 * share)
        return right, right

    asked = opened(skill, EVEN, metric="accuracy")
    given = MoreData().told_of(to_json(MoreData().measure(asked)))
    assert "more data surely help" in given.text and len(given.tables[0].rows) == 4
    assert {job.seed for job in asked.trials.jobs} == set(range(FIRST_SEED, FIRST_SEED + 5))  # type: ignore[union-attr]


def test_a_larger_budget_takes_more_seeds() -> None:
    """As many for each arm as the time holds, so that intervals are narrower."""
    asked = opened(lambda changes: (0.9, 0.9), EVEN, budget=100 * 4 * 8.5, metric="accuracy")
    given = MoreData().told_of(to_json(MoreData().measure(asked)))
    assert [row[1] for row in given.tables[0].rows] == [8, 8, 8, 8]


def test_a_network_that_is_too_small_is_seen() -> None:
    """The wider, the better, while other rows and fewer rows change nothing: bias."""

    def skill(changes: tuple[Change, ...]) -> tuple[float, float]:
        factor = next((change.factor for change in changes if isinstance(change, Units)), 1.0)
        right = 0.8 + 0.05 * np.log2(factor)
        return right, right

    asked = opened(skill, EVEN, metric="accuracy")
    measured = to_json(BiasVariance().measure(asked))
    given = BiasVariance().told_of(measured)
    assert "Verdict: bias" in given.text and "width*4 was surely better" in given.text
    assert measured["parts"]["replicates"] == 10
    assert [row[0] for row in given.tables[-1].rows] == ["this one", "width*2", "width/2", "width*4", "width/4"]
    drawn_rows = [job for job in asked.trials.jobs if Rows("bootstrapped") in job.changes]  # type: ignore[union-attr]
    assert {job.seed for job in drawn_rows} == set(range(FIRST_SEED, FIRST_SEED + 10))


def test_a_budget_that_is_spent_says_so() -> None:
    """Nothing is made up."""
    asked = opened(lambda changes: (0.9, 0.9), EVEN, budget=-1.0, metric="accuracy")
    assert "cannot tell yet" in BiasVariance().told_of(to_json(BiasVariance().measure(asked))).text
    spent = opened(lambda changes: (0.9, 0.9), RARE, budget=-1.0)
    assert "no time to compare" in Imbalance().told_of(to_json(Imbalance().measure(spent))).text


def test_few_rows_give_no_verdict() -> None:
    """A large gain on 150 rows, or on rows of a few groups, is none that the protocol knows."""

    def gained(rows: int, groups: np.ndarray, crashes: int = 0) -> Point:
        asked = opened(lambda changes: (0.9, 0.9), EVEN[:rows], metric="accuracy")
        asked.bench.scale = replace(  # type: ignore[misc]
            asked.bench.scale, division=replace(asked.bench.scale.division, groups=groups)
        )
        right = [np.eye(2)[EVEN[:rows]]] * 5
        return compared(asked, "wider", [1 - one for one in right], [None] * crashes + right[crashes:])

    none = np.zeros(0, np.int64)
    assert gained(400, none).is_better and not gained(400, none).why
    assert gained(400, none, crashes=1).why == CRASHED
    few, grouped = gained(150, none), gained(400, np.arange(400) // 50)
    assert few.gain == grouped.gain == 1.0 and few.why == grouped.why == FEW_ROWS
    assert not few.is_better and not few.is_worse and not grouped.is_better
    same = compared(
        opened(lambda changes: (0.9, 0.9), EVEN[:150], metric="accuracy"), "wider", *[[np.eye(2)[EVEN[:150]]] * 5] * 2
    )
    assert same.why == FEW_ROWS  # nor do they show that nothing changes
