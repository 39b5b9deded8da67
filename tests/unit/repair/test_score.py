"""Predictions of any program brought to one task, one metric and one form."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from vandap.core.store import write_arrays
from vandap.core.task import Task
from vandap.errors import DataError
from vandap.repair.score import Scale
from vandap.repair.trial.division import Division
from vandap.repair.trial.request import PREDICTIONS, Result

ROWS = 8
DIVISION = Division(0, ROWS, np.zeros(0, np.int64), np.arange(4), np.arange(4, ROWS))
CODES = np.array([0, 1, 2, 0, 1, 2, 0, 1])
SPARSE = Result("done", losses=("SparseCategoricalCrossentropy",), metrics=("sparse_categorical_accuracy",))
BINARY = Result("done", losses=("BinaryCrossentropy",), activation="sigmoid")
SQUARED = Result("done", losses=("MeanSquaredError",))


def trial(folder: Path, target: np.ndarray, prediction: np.ndarray) -> Path:
    """A trial's folder with its predictions."""
    write_arrays(folder / PREDICTIONS, {"target": target, "prediction": prediction.astype(np.float32)})
    return folder


def test_class_numbers_and_one_hot_rows_are_one_target(tmp_path: Path) -> None:
    """An arm whose labels are written in another form has the same rows."""
    outputs = np.eye(3)[CODES] * 0.8 + 0.2 / 3
    first = trial(tmp_path / "a", CODES, outputs)
    scale = Scale.of(first, SPARSE, DIVISION)
    second = trial(tmp_path / "b", np.eye(3)[CODES], outputs)
    assert scale.task is Task.MULTICLASS and scale.metric == "accuracy"
    assert scale.score(scale.prediction(second, SPARSE), "confirm") == 1.0


@pytest.mark.parametrize("logits", [False, True])
def test_several_labels_are_scored_by_their_probabilities(logits: bool, tmp_path: Path) -> None:
    """A softmax that shares one certainty is far off, a sigmoid that judges each alone is not; logits are squashed."""
    rows = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 0], [1, 1, 1], [0, 0, 1], [1, 1, 0], [0, 1, 0], [0, 0, 0]])
    shared = Result("done", losses=("CategoricalCrossentropy",), activation="softmax")
    alone = Result("done", losses=("BinaryCrossentropy",), from_logits=logits, activation=None if logits else "sigmoid")
    scale = Scale.of(
        trial(tmp_path / "a", rows, rows / np.maximum(rows.sum(axis=1, keepdims=True), 1)), shared, DIVISION
    )
    assert scale.task is Task.REGRESSION and scale.metric == "rmse" and "Brier" in scale.why
    sure = np.where(rows, 6.0, -6.0)
    other = trial(tmp_path / "b", rows, sure if logits else 1 / (1 + np.exp(-sure)))
    found = scale.score(scale.prediction(other, alone), "confirm")
    assert found == pytest.approx(-1 / (1 + math.exp(6)), rel=1e-3)
    assert scale.score(scale.prediction(tmp_path / "a", shared), "confirm") < -0.1


def test_classes_of_the_parts_of_an_example_are_refused(tmp_path: Path) -> None:
    """Such as the words of a sentence: this version has no metric for them."""
    first = trial(tmp_path, np.array([[2, 0], [1, 2]] * 4), np.full((8, 2, 3), 1 / 3))
    with pytest.raises(DataError, match="cannot score"):
        Scale.of(first, SPARSE, DIVISION)


def test_logits_answer_their_largest_class(tmp_path: Path) -> None:
    """What is no probability becomes one, and the answer stays what the program would answer."""
    logits = np.where(np.eye(3)[CODES] > 0, 5.0, -300.0)
    scale = Scale.of(trial(tmp_path, CODES, logits), SPARSE, DIVISION)
    found = scale.prediction(tmp_path, SPARSE)
    assert found is not None and np.allclose(found.sum(axis=1), 1) and (found.argmax(axis=1) == CODES).all()


@pytest.mark.parametrize(
    ("result", "outputs", "answers"),
    [
        (BINARY, [0.2, 0.9], [0, 1]),
        (Result("done", losses=("BinaryCrossentropy",), from_logits=True), [-0.1, 0.4], [0, 1]),
        (Result("done", losses=("BinaryCrossentropy",), from_logits=True, activation="sigmoid"), [0.2, 0.9], [0, 1]),
        (Result("done", losses=("BinaryCrossentropy",), activation="linear"), [-3.0, 0.6], [0, 1]),
        (Result("done", losses=("BinaryCrossentropy",), activation="softmax"), [1.0, 1.0], [1, 1]),
    ],
)
def test_one_output_answers_as_keras_counts_it(
    result: Result, outputs: list[float], answers: list[int], tmp_path: Path
) -> None:
    """Half is the threshold of probabilities and of raw outputs, zero that of logits."""
    target = np.array([0, 1] * (ROWS // 2))
    prediction = np.array(outputs * (ROWS // 2)).reshape(-1, 1)
    scale = Scale.of(trial(tmp_path, target, prediction), result, DIVISION)
    found = scale.prediction(tmp_path, result)
    assert found is not None and found.argmax(axis=1).tolist() == answers * (ROWS // 2)


def test_signed_labels_are_classes(tmp_path: Path) -> None:
    """Labels -1 and 1 with an output from -1 to 1 are two classes."""
    target = np.array([-1, 1] * (ROWS // 2))
    result = Result("done", losses=("Hinge",), activation="tanh")
    scale = Scale.of(trial(tmp_path, target, target.reshape(-1, 1) * 0.5), result, DIVISION)
    assert scale.task is Task.BINARY and scale.score(scale.prediction(tmp_path, result), "select") == 1.0


def test_numbers_are_scored_by_their_error(tmp_path: Path) -> None:
    """A regression's score is oriented: less error is more."""
    target = np.linspace(0.0, 3.5, ROWS)
    scale = Scale.of(trial(tmp_path, target, target + 1), SQUARED, DIVISION)
    assert scale.task is Task.REGRESSION
    assert scale.score(scale.prediction(tmp_path, SQUARED), "select") == pytest.approx(-1.0)
    assert scale.own(-1.0) == 1.0


@pytest.mark.parametrize(
    ("kind", "expected"), [("slipped", "mae"), ("normal", "rmse"), ("claims", "rmse"), ("skewed", "rmse")]
)
def test_a_few_wild_targets_do_not_decide_alone(kind: str, expected: str, tmp_path: Path) -> None:
    """Two slipped decimal points in a hundred would be all of the squared error; what is asked for is given."""
    generator = np.random.default_rng(2)
    normal, some = generator.normal(size=400), generator.random(400) < 0.02
    targets = {
        "slipped": np.where(some, 1000 * normal, normal),
        "normal": normal,
        "claims": np.where(some, 1000.0 + normal, 0.0),
        "skewed": np.exp(normal),
    }[kind]
    folder = trial(tmp_path, targets, normal)
    assert Scale.of(folder, SQUARED, DIVISION).metric == expected
    assert Scale.of(folder, SQUARED, DIVISION, "rmse").metric == "rmse"


@pytest.mark.parametrize("metric", ["rmse", "mae"])
def test_several_numbers_are_scored_by_the_error_of_all_of_them(metric: str, tmp_path: Path) -> None:
    """As scikit-learn takes it of the flat arrays, for the rows of a part, of a fold, and for the dummy."""
    generator = np.random.default_rng(0)
    target = generator.normal(size=(ROWS, 2, 3)) * 4
    prediction = (target + generator.normal(size=target.shape)).astype(np.float32)
    folder = trial(tmp_path / "a", target, prediction)
    scale = Scale.of(folder, SQUARED, DIVISION, metric)
    error = {"rmse": root_mean_squared_error, "mae": mean_absolute_error}[metric]
    means = np.broadcast_to(target.mean(axis=0), target.shape)
    found, formed = scale.prediction(folder, SQUARED), scale.formed(folder / PREDICTIONS, SQUARED)
    assert found is not None and formed is not None

    def by_sklearn(given: np.ndarray, rows: slice) -> float:
        return float(error(target[rows].ravel(), given[rows].ravel()))

    own, dummy = by_sklearn(prediction, slice(4, None)), by_sklearn(means, slice(4, None))
    assert -scale.score(found, "confirm") == pytest.approx(own)
    assert -scale.score(None, "confirm") == pytest.approx(dummy)
    assert scale.margin == pytest.approx(0.02 * dummy)
    assert scale.fold_score(folder, SQUARED) == pytest.approx(by_sklearn(prediction, slice(None)))
    assert scale.fold_dummy(folder, SQUARED) == pytest.approx(by_sklearn(means, slice(None)))


def test_several_numbers_of_other_rows_or_another_shape_are_no_result(tmp_path: Path) -> None:
    """An arm that answers fewer numbers, or for other rows, has nothing to compare."""
    target = np.random.default_rng(1).normal(size=(ROWS, 3))
    scale = Scale.of(trial(tmp_path / "a", target, target), SQUARED, DIVISION)
    assert scale.prediction(trial(tmp_path / "b", target[::-1], target), SQUARED) is None
    assert scale.prediction(trial(tmp_path / "c", target, target[:, :2]), SQUARED) is None
    with pytest.raises(DataError, match="cannot score"):
        Scale.of(tmp_path / "a", SQUARED, DIVISION, "r2")


def test_the_user_may_say_what_does_not_matter(tmp_path: Path) -> None:
    """A margin that was asked for takes the place of the protocol's, which goes by the dummy's error."""
    target = np.arange(400.0)
    first = trial(tmp_path, target, target + 1)
    usual = Scale.of(first, SQUARED, DIVISION).margin
    assert Scale.of(first, SQUARED, DIVISION, margin=0.25).margin == 0.25 != usual
    assert Scale.of(trial(tmp_path / "c", CODES, np.eye(3)[CODES]), SPARSE, DIVISION, margin=0.03).margin == 0.03


def test_other_rows_are_no_result(tmp_path: Path) -> None:
    """A trial whose held-out targets are not those of the first has no predictions that could be compared."""
    scale = Scale.of(trial(tmp_path / "a", CODES, np.eye(3)[CODES]), SPARSE, DIVISION)
    moved = trial(tmp_path / "b", np.roll(CODES, 1), np.eye(3)[CODES])
    assert scale.prediction(moved, SPARSE) is None
    assert scale.prediction(moved, Result("failed")) is None


@pytest.mark.parametrize("losses", [("BinaryCrossentropy",), ("MeanSquaredError",)])
def test_amounts_are_no_classes(losses: tuple[str, ...], tmp_path: Path) -> None:
    """Whole numbers of one output, far more than classes have, whatever loss or metric is wrong for them."""
    amounts = np.arange(400) % 321 + 25
    division = Division(0, 400, np.zeros(0, np.int64), np.arange(150), np.arange(150, 400))
    outputs = amounts[:, None] + 1.0
    few = trial(tmp_path / "few", amounts % 12, outputs)
    scale = Scale.of(trial(tmp_path, amounts, outputs), Result("done", losses=losses, metrics=("accuracy",)), division)
    assert scale.task is Task.REGRESSION
    named = Result("done", losses=losses, metrics=("accuracy",))
    assert Scale.of(few, named, division).task is Task.MULTICLASS
