"""Which of several trainings is judged."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from vandap.core.program import Compile, FitCall, Layer, Loss, Program
from vandap.watch.choice import is_preferred


def training(number: int, steps: int, logs: dict[str, float] | None = None, **changes: Any) -> Any:
    """A training of a model of its own, for the task of two classes unless told otherwise."""
    program = Program(
        layers=(Layer(0, "head", "head", "Dense", output_shape=(None, changes.pop("units", 2))),),
        outputs=("head",),
        compile=Compile(losses=(Loss("head", "SparseCategoricalCrossentropy"),)),
    )
    facts = {"model": object(), "program": program, "call": FitCall(number=number, steps=steps), "is_by_hand": False}
    return SimpleNamespace(**{**facts, "logs": [logs] if logs else [], **changes})


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"val_loss": 0.3}, {"val_loss": 0.5}, False),
        ({"val_loss": 0.5}, {"val_loss": 0.5}, True),
        ({"val_loss": 0.3, "val_accuracy": 0.8}, {"val_loss": 0.5, "val_accuracy": 0.9}, True),
        ({"val_loss": 0.3}, None, False),
        (None, {"val_loss": 0.3}, True),
        ({"val_loss": float("nan")}, {"val_loss": 3.0}, True),
        (None, None, True),
    ],
)
def test_the_best_validation_is_preferred_then_the_last(
    first: dict[str, float] | None, second: dict[str, float] | None, expected: bool
) -> None:
    """Accuracy counts more than the loss, which may hold penalties; whoever asks, the answer is one."""
    main, record = training(0, 100, first), training(1, 60, second)
    assert is_preferred(record, main, 100) is expected
    assert is_preferred(main, record, 100) is not expected


def test_validation_of_another_task_does_not_compare() -> None:
    """The loss of a pretext task is no measure of what comes after it."""
    pretext = training(0, 100, {"val_loss": 0.01}, units=4)
    assert is_preferred(training(1, 60, {"val_loss": 0.5}), pretext, 100)
    assert not is_preferred(training(1, 5, {"val_loss": 0.5}), pretext, 100)


def test_of_one_model_or_of_trainings_by_hand_the_longest_is_preferred() -> None:
    """A model is warmed up, then trained; adversaries are trained in turns, none of them is the last."""
    model = object()
    assert not is_preferred(training(1, 60, model=model), training(0, 100, model=model), 100)
    assert is_preferred(training(1, 100, model=model), training(0, 100, model=model), 100)
    assert not is_preferred(training(1, 60, is_by_hand=True), training(0, 100, is_by_hand=True), 100)


def test_a_fit_that_failed_at_once_is_not_preferred() -> None:
    """It has no steps; where none has any, the last one is told."""
    assert not is_preferred(training(1, 0), training(0, 100), 100)
    assert is_preferred(training(1, 0), training(0, 0), 0)
