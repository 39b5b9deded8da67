from __future__ import annotations

import numpy as np
import pytest

from vandap.core.schema import ColumnKind
from vandap.core.task import Task
from vandap.data.detect import Detected
from vandap.data.target import guess_target, make_target, unknown_column
from vandap.errors import DataError, UsageError

NUMBER = Detected(ColumnKind.NUMBER, "numbers")
IDENTIFIER = Detected(ColumnKind.IDENTIFIER, "unique")


def test_a_telling_name_wins_over_the_last_place() -> None:
    """A column called `Survived` is the target wherever it stands; otherwise the last usable one is."""
    assert guess_target({"Survived": NUMBER, "age": NUMBER}, [])[0] == "Survived"
    assert guess_target({"age": NUMBER, "fare": NUMBER, "id": IDENTIFIER}, [])[0] == "fare"
    assert guess_target({"x": NUMBER, "y": NUMBER, "z": NUMBER, "price": NUMBER}, [])[0] == "price"


def test_no_possible_target_is_an_error() -> None:
    """A table of identifiers has no target to guess."""
    with pytest.raises(DataError):
        guess_target({"id": IDENTIFIER}, [])


@pytest.mark.parametrize(
    ("values", "task"),
    [
        (np.tile([0.0, 1.0], 20), Task.BINARY),
        (np.tile([0.5, 1.5], 20), Task.BINARY),
        (np.tile([3.0, 4.0, 5.0], 20), Task.MULTICLASS),
        (np.arange(60.0), Task.REGRESSION),
        (np.tile([0.5, 1.5, 2.5], 20), Task.REGRESSION),
        (np.tile(np.arange(25.0), 8), Task.MULTICLASS),
        (np.tile(np.arange(25.0) * 2, 8), Task.REGRESSION),
        (np.repeat(np.arange(25.0), np.arange(25) + 5), Task.REGRESSION),
    ],
)
def test_task_of_numbers(values: np.ndarray, task: Task) -> None:
    """Few integers, or many that count evenly from 0, are classes; other numbers are regression."""
    assert make_target(values, None, None, "y").task is task


def test_a_stated_task_wins() -> None:
    """Integers are regression, or many numbers classes, if the user says so."""
    assert make_target(np.tile([3.0, 4.0, 5.0], 20), None, "regression", "y").task is Task.REGRESSION
    assert make_target(np.repeat(np.arange(30.0), 2), None, "multiclass", "y").task is Task.MULTICLASS


def test_missing_targets_are_left_out_and_counted() -> None:
    """Rows without a target do not reach the learners."""
    target = make_target(np.array([0, 1, -1, 0, 1], np.int32), ("a", "b"), None, "y")
    assert target.missing == 1 and target.keep.tolist() == [True, True, False, True, True]
    assert target.values.tolist() == [0, 1, 0, 1]


def test_a_class_of_one_row_is_left_out() -> None:
    """It cannot be split; the codes of the others close up and the note names it."""
    target = make_target(np.array([0, 1, 2, 0, 2], np.int32), ("a", "lone", "c"), None, "y")
    assert target.classes == ("a", "c") and target.values.tolist() == [0, 1, 0, 1]
    assert target.keep.tolist() == [True, False, True, True, True]
    assert any("lone" in note for note in target.notes)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.zeros(9, np.int32), ("only",)),
        (np.arange(9, dtype=np.int32), tuple("abcdefghi")),
        (np.full(9, -1, np.int32), ()),
        (np.full(9, np.nan), None),
    ],
)
def test_targets_that_teach_nothing_are_refused(values: np.ndarray, words: tuple[str, ...] | None) -> None:
    """One class, only classes of one row, and no values at all are errors."""
    with pytest.raises(DataError):
        make_target(values, words, None, "y")


def test_a_constant_number_is_refused() -> None:
    """Regression on a constant has nothing to predict."""
    with pytest.raises(DataError, match="constant"):
        make_target(np.full(9, 2.5), None, "regression", "y")


def test_a_task_that_does_not_fit_is_refused() -> None:
    """Words cannot be regressed, and three classes are not binary."""
    with pytest.raises(UsageError):
        make_target(np.array([0, 1] * 5, np.int32), ("a", "b"), "regression", "y")
    with pytest.raises(UsageError):
        make_target(np.array([0, 1, 2] * 5, np.int32), ("a", "b", "c"), "binary", "y")


def test_an_unknown_column_lists_the_closest() -> None:
    """The error helps to find the name that was meant."""
    error = unknown_column("surived", ["survived", "age"], "--target")
    assert "'survived'" in error.hint and "age" in error.expected
