"""Functions that make the rows that are trained on; each is written into programs as it stands."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from vandap.repair.written import rows

RANDOM = np.random.default_rng(0)
Y = np.repeat([0, 1, 2], [60, 12, 1])
X = (RANDOM.normal(size=(len(Y), 2, 3)) + 5 * Y[:, None, None]).astype("float32")
ALL = [function for name, function in vars(rows).items() if inspect.isfunction(function)]


@pytest.fixture(autouse=True)
def _seeded() -> None:
    np.random.seed(0)


@pytest.mark.parametrize("function", ALL, ids=lambda function: function.__name__)
def test_a_function_stands_alone(function) -> None:  # type: ignore[no-untyped-def]
    """Its source alone, in a program that imports nothing, does the same; inputs and targets stay in step."""
    alone: dict[str, object] = {}
    exec(inspect.getsource(function), alone)
    np.random.seed(1)
    x, y = function(X, Y)
    np.random.seed(1)
    other_x, other_y = alone[function.__name__](X, Y)  # type: ignore[operator]
    assert np.array_equal(x, other_x) and np.array_equal(y, other_y)
    assert x.shape[1:] == X.shape[1:] and len(x) == len(y) > 0


@pytest.mark.parametrize("one_hot", [False, True])
@pytest.mark.parametrize(("name", "rows_of_each"), [("oversampled", 60), ("undersampled", 1), ("interpolated", 60)])
def test_classes_are_balanced(name: str, rows_of_each: int, one_hot: bool) -> None:
    """As many rows of each class, with their own labels, in whichever form these are written."""
    y = np.eye(3)[Y] if one_hot else Y
    new_x, new_y = getattr(rows, name)(X, y)
    labels = new_y.argmax(axis=1) if one_hot else new_y
    assert np.array_equal(np.bincount(labels), [rows_of_each] * 3)
    assert new_y.shape[1:] == y.shape[1:]
    assert all(abs(new_x[labels == label].mean() - 5 * label) < 1.5 for label in range(3))
    assert (np.diff(labels) != 0).sum() > 1  # classes do not come one after the other


def test_new_rows_lie_between_rows_of_their_class() -> None:
    """SMOTE makes no row outside of what it was given, and keeps those that are there."""
    new_x, new_y = rows.interpolated(X, Y)
    for label in range(3):
        old, new = X[label == Y], new_x[new_y == label]
        assert (new.min(axis=0) >= old.min(axis=0) - 1e-5).all() and (new.max(axis=0) <= old.max(axis=0) + 1e-5).all()
    assert {row.tobytes() for row in X} <= {row.tobytes() for row in new_x}


def test_repeats_and_contradictions_go() -> None:
    """Of two equal rows one stays; of two with different labels none; the others keep their order."""
    x, y = np.array([[1], [2], [1], [3], [2], [4]]), np.array([0, 1, 0, 1, 0, 1])
    new_x, new_y = rows.without_repeats(x, y)
    assert new_x.ravel().tolist() == [1, 3, 4] and new_y.tolist() == [0, 1, 1]


def test_labels_that_trees_contradict_go() -> None:
    """Of labels wrong by chance most go, of right ones few."""
    right = np.arange(400) % 4
    x = RANDOM.normal(size=(400, 5)) + 3 * np.eye(4, 5)[right]
    given, wrong = right.copy(), RANDOM.permutation(400)[:60]
    given[wrong] = (right[wrong] + 1) % 4
    marked = np.concatenate([x, np.arange(400)[:, None] * 1e-9], axis=1)
    left = np.round(rows.without_doubtful(marked, given)[0][:, -1] * 1e9).astype(int)
    gone = np.setdiff1d(np.arange(400), left)
    assert np.isin(wrong, gone).mean() > 0.7 and len(gone) < 90


def test_mixtures_mix_targets_as_inputs() -> None:
    """Where the targets are a sum of the inputs, those of the mixtures are too; as many rows as before."""
    x = RANDOM.normal(size=(50, 3)).astype("float32")
    new_x, new_y = rows.mixed(x, x.sum(axis=1, keepdims=True))
    assert len(new_x) == 50 and np.allclose(new_x.sum(axis=1, keepdims=True), new_y, atol=1e-4)
    assert not np.array_equal(new_x, x)


def test_rows_are_shuffled_together() -> None:
    """Arrays and tables, inputs and targets by the same order, which is the same each time."""
    import pandas

    x, y = np.arange(20).reshape(10, 2), np.arange(10)
    first, labels = rows.shuffled(pandas.DataFrame(x), y)
    assert np.array_equal(first.to_numpy()[:, 0] // 2, labels) and sorted(labels) == list(range(10))
    assert labels.tolist() != list(range(10)) and np.array_equal(labels, rows.shuffled(x, y)[1])
