"""Rates that remedies try, and in which order."""

from __future__ import annotations

import numpy as np
import pytest

from vandap.core.finding import Finding, Severity
from vandap.core.program import Compile, FitCall, Layer, Program
from vandap.core.signals import Series
from vandap.repair.changes.optimisation import OptimiserSetting, Patience, Schedule
from vandap.repair.remedies.find_learning_rate import FindLearningRate
from vandap.repair.remedies.lower_learning_rate import LowerLearningRate
from vandap.repair.remedies.raise_learning_rate import RaiseLearningRate
from vandap.repair.remedies.remove_regularisation import RemoveRegularisation
from vandap.repair.remedies.repair_early_stopping import RepairEarlyStopping
from vandap.repair.remedies.schedule_learning_rate import ScheduleLearningRate
from vandap.repair.remedies.usual_optimiser_settings import UsualOptimiserSettings
from vandap.repair.remedies.warm_up import WarmUp
from vandap.repair.remedies.weaken_regularisation import WeakenRegularisation
from vandap.repair.remedy import Case, Remedy

FINDING = Finding("C11", "stuck-loss", "x", Severity.ISSUE, "")
FACTS = ("train", "held_out", "difference", "low", "high")


def case(rate: float, high: dict[str, float]) -> Case:
    """Adam with this rate, and short trainings: the upper end of the interval of each against the rate itself."""
    rows = [[0.0, 1.0 + end / 2, end / 2, 0.0, end] for end in high.values()]
    series = Series(np.array(rows).reshape(-1, len(FACTS)), {"arm": tuple(high), "fact": FACTS})
    program = Program(compile=Compile(optimizer="Adam", settings={"learning_rate": rate}))
    return Case(FINDING, program, {"test_learning_rate": series})


@pytest.mark.parametrize(
    ("remedy", "rate", "high", "expected"),
    [
        (FindLearningRate(), 1.0, {"x1": np.nan, "x0.01": -0.4, "x0.1": -0.2, "x10": 3.0}, [0.01, 0.001, 0.1, 10, 100]),
        (FindLearningRate(), 1.0, {"x1": np.nan, "x0.01": 0.1, "x0.1": np.nan}, [0.001, 0.1, 10, 0.01, 100]),
        (LowerLearningRate(), 0.1, {"x1": np.nan, "x0.01": -0.3, "x0.1": -0.6, "x10": 0.2}, [0.01, 0.001, 0.03]),
        (RaiseLearningRate(), 1e-6, {"x1": np.nan, "x100": -0.1, "x10": -0.01}, [1e-4, 1e-3, 1e-5, 3e-6]),
        (RaiseLearningRate(), 1e-6, {"x1": np.nan, "x0.1": -0.1}, [1e-3, 1e-5, 1e-4, 3e-6]),
        (RaiseLearningRate(), 0.0, {}, [1e-3, 1e-2, 1e-4]),  # no multiple of it is another one
        (LowerLearningRate(), 0.0, {}, []),
    ],
)
def test_the_rate_that_was_measured_comes_first(
    remedy: Remedy, rate: float, high: dict[str, float], expected: list[float]
) -> None:
    """Where it is surely better and on the side that the remedy is about; then the usual one and the multiples."""
    found = [change.value for (change,) in remedy.proposals(case(rate, high))]  # type: ignore[attr-defined]
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"momentum": 0.9995, "learning_rate": 0.01}, {"momentum": 0.9}),
        ({"beta_1": 1.0, "beta_2": 0.999, "epsilon": 0.5}, {"beta_1": 0.9, "epsilon": 1e-7}),
        ({"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}, {}),
        ({"momentum": None}, {}),
    ],
)
def test_settings_of_an_optimiser_that_are_unusual_are_made_usual(
    settings: dict[str, object], expected: dict[str, float]
) -> None:
    """Only these; where all are usual there is nothing to try."""
    case = Case(FINDING, Program(compile=Compile(optimizer="SGD", settings=settings)), {})
    found = [change for changes in UsualOptimiserSettings().proposals(case) for change in changes]
    assert {change.name: change.value for change in found} == expected  # type: ignore[attr-defined]
    assert len({change.place for change in found}) == len(found)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"monitor": "val_accuracy", "mode": "min", "patience": 5}, Patience(10, "max")),
        ({"monitor": "val_loss", "mode": "max", "patience": 0}, Patience(6, "min")),
        ({"monitor": "val_accuracy", "mode": "max", "patience": 5}, Patience(10)),
        ({"monitor": "val_loss", "mode": "auto", "patience": 5}, Patience(10)),
        ({"monitor": "reward", "mode": "max", "patience": 5}, Patience(10)),
    ],
)
def test_an_early_stopping_gets_the_mode_of_what_it_watches(settings: dict[str, object], expected: Patience) -> None:
    """Where that is the other one, and the name tells."""
    fit = FitCall(epochs=30, callbacks=("EarlyStopping",), callback_settings={"EarlyStopping": settings})
    assert [*RepairEarlyStopping().proposals(Case(FINDING, Program(fits=(fit,)), {}))] == [(expected,)]


def test_a_schedule_that_begins_too_high_has_another_rate_proposed() -> None:
    """Its highest rate is the one that is lowered; the schedule goes with it."""
    made = {"class_name": "CosineDecay", "config": {"initial_learning_rate": 10.0, "decay_steps": 100}}
    program = Program(compile=Compile(optimizer="SGD", settings={"learning_rate": made}))
    found = [change.value for (change,) in LowerLearningRate().proposals(Case(FINDING, program))]  # type: ignore[attr-defined]
    assert found == pytest.approx([0.01, 1.0, 0.1, 3.0])


@pytest.mark.parametrize(("code", "expected"), [("C9", [0.001, 0.5]), ("C13", [0.5])])
def test_a_schedule_does_not_keep_the_faulty_rate_first(code: str, expected: list[float]) -> None:
    """Where the rate is the fault the usual one comes first; otherwise it is the program's own."""
    finding = Finding(code, "x", "x", Severity.ISSUE, "")
    program = Program(
        compile=Compile(optimizer="Adam", settings={"learning_rate": 0.5}), fits=(FitCall("arrays", 640, 32, 10),)
    )
    for remedy in (WarmUp(), ScheduleLearningRate()):
        changes = [change for (change,) in remedy.proposals(Case(finding, program))]
        assert [change.rate for change in changes if isinstance(change, Schedule)] == expected


def test_every_penalty_is_taken_off() -> None:
    """Not only that of the kernels; and the optimiser's decay is weakened first."""
    finding = Finding("B13", "regularisation-misuse", "x", Severity.ISSUE, "")
    layer = Layer(0, "a", "a", "Dense", settings={"activity_regularizer": {"class_name": "L2"}}, parameters=1)
    (bundle,) = RemoveRegularisation().proposals(Case(finding, Program(layers=(layer,))))
    assert bundle[0].words == "activity_regularizer None in a"
    decayed = Program(compile=Compile(optimizer="AdamW", settings={"weight_decay": 100.0}))
    found = list(WeakenRegularisation().proposals(Case(finding, decayed)))
    assert found == [(OptimiserSetting("weight_decay", 10.0),), (OptimiserSetting("weight_decay", 1.0),)]
    assert RemoveRegularisation().proposals(Case(finding, decayed)) == ((OptimiserSetting("weight_decay", 0.0),),)
