"""Changes as other settings of a built network."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from vandap.core.finding import Finding, Severity
from vandap.repair.built.request import read_built_request
from vandap.repair.built.settings import HIDDEN, described, repeatable, with_changes
from vandap.repair.built.trials import BuiltTrials
from vandap.repair.catalogue import catalogue
from vandap.repair.changes.change import Change
from vandap.repair.changes.data import StandardiseInputs
from vandap.repair.changes.learner import SimpleLearner
from vandap.repair.changes.optimisation import (
    BatchSize,
    Clip,
    EarlyStopping,
    Epochs,
    LearningRate,
    OptimiserSetting,
    Schedule,
)
from vandap.repair.changes.output import LabelSmoothing
from vandap.repair.changes.rows import Rows
from vandap.repair.changes.structure import Deepen, FirstLayer, Insert, LayerSetting, Remove, Units
from vandap.repair.remedy import Case
from vandap.repair.runner import Job
from vandap.train.network.plan import Plan

ROWS = 640
PLAN = asdict(Plan(batch_size=32, steps=400, chunk=10, learning_rate=0.002, rates=(0.001,) * 20))

CASES = [
    (LearningRate(0.1), {"learning_rate": 0.1}),
    (Schedule(0.1, 200, 40), {"learning_rate": 0.1, "warmup": 0.2}),
    (EarlyStopping(3), {"patience": 6}),  # 20 steps an epoch, and a look after every 10
    (OptimiserSetting("weight_decay", 0.1), {"weight_decay": 0.1}),
    (Clip(0.5), {"clip_norm": 0.5}),
    (BatchSize(64), {"batch_size": 64, "steps": 100}),
    (Epochs(5), {"steps": 100}),
    (LabelSmoothing(0.2), {"label_smoothing": 0.2}),
    (Insert("Dropout", (HIDDEN,), 0.5), {"dropout": 0.5}),
    (LayerSetting("rate", 0.0, ("dropout",)), {"dropout": 0.0}),
    (Units(2, (HIDDEN,), (512,)), {"width": 512}),
    (Deepen((HIDDEN,)), {"depth": 3}),
    (Remove((HIDDEN,), "Dense"), {"depth": 1}),
    (Rows("oversampled"), {"balance": True}),
    (Rows("mixed"), {"mixup": 0.2}),
    (FirstLayer("RandomFlip", '"horizontal"'), {"augment": ("flip",)}),
]


def trials(folder: Path) -> BuiltTrials:
    """Trials that are never run."""
    return BuiltTrials(folder, "table-mlp", repeatable(PLAN), ROWS, folder, workers=cast(Any, None))


@pytest.mark.parametrize(("change", "expected"), CASES, ids=lambda item: getattr(item, "slug", ""))
def test_a_change_is_a_setting(change: Change, expected: dict[str, Any]) -> None:
    """What is not changed stays; epochs and batches keep the passes over the data in mind."""
    plan = repeatable(PLAN)
    found = with_changes(plan, (change,), ROWS)
    assert {name: value for name, value in found.items() if value != plan[name]} == expected


def test_a_schedule_is_as_long_as_it_was_run() -> None:
    """The clock had cut the training: a repetition follows the whole course in the steps that were really made."""
    assert repeatable(PLAN)["steps"] == 200 and repeatable(PLAN)["rates"] == []


def test_what_a_built_network_cannot_be_given_is_refused(tmp_path: Path) -> None:
    """Its inputs are standardised already, its rate always decays, and no setting says otherwise."""
    made = trials(tmp_path)
    assert not made.can_make((Schedule(0.1, 200, 0),))
    assert not made.can_make((StandardiseInputs(),))
    assert "no setting" in made.refused((StandardiseInputs(),))[0][1].reason


def test_the_best_simple_learner_takes_the_networks_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the hyper-parameters that it has in the ladder, whatever else is changed; a dummy is none."""
    rungs = [
        SimpleNamespace(slug="dummy", hyper_parameters={}),
        SimpleNamespace(slug="linear", hyper_parameters={"c": 1}),
    ]
    ladder = SimpleNamespace(rungs=rungs, best_simple="linear")
    monkeypatch.setattr("vandap.repair.built.trials.Run", lambda path: SimpleNamespace(ladder=ladder))
    made = trials(tmp_path)
    assert made.settings((SimpleLearner(), LearningRate(0.1))) == {"c": 1, "learner": "linear"}
    request = read_built_request(str(made.prepared(Job((SimpleLearner(),), 0), tmp_path)))
    assert (request.learner, request.plan) == ("linear", {"c": 1})
    ladder.best_simple = "dummy"
    assert "No simple learner" in made.refused((SimpleLearner(),))[0][1].reason


def test_the_diff_names_settings(tmp_path: Path) -> None:
    """What is proved is shown as a diff of the plan."""
    diff = trials(tmp_path).diff((LearningRate(0.1),))
    assert "-learning_rate: 0.002\n+learning_rate: 0.1\n" in diff


def test_equal_settings_are_one_trial(tmp_path: Path) -> None:
    """A trial is found again by its settings, its fold and its seed."""
    made = trials(tmp_path)
    names = {
        made.identity(job)
        for job in (
            Job((), 0),
            Job((), 1),
            Job((LearningRate(0.1),), 0),
            Job((LearningRate(0.1), Clip(1.0)), 0),
            Job((LearningRate(0.1),), 0, (1, 5, 0)),
        )
    }
    assert len(names) == 4  # clipping at 1 is the plan's own


def test_remedies_read_the_plan_as_a_program() -> None:
    """The remedies of scripts serve built networks as well."""
    case = Case(Finding("C10", "x", "x", Severity.ISSUE, ""), described(PLAN, ROWS, 3))
    assert (LearningRate(0.02),) in tuple(catalogue()["raise-learning-rate"].proposals(case))
    assert tuple(catalogue()["use-wider-network"].proposals(case)) == ((Units(2, (HIDDEN,), (512,)),),)
