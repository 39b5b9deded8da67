from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vandap.core.recipe import DataSpec
from vandap.core.task import Task
from vandap.data.arrays import Pair, read_arrays
from vandap.data.contents import Contents
from vandap.data.examples import ArrayExamples, JoinedExamples, TableExamples
from vandap.data.readers.npz import NpzReader
from vandap.errors import DataError

LABELS = np.arange(20) % 2


def _read(x: np.ndarray, y: np.ndarray = LABELS) -> Contents:
    return read_arrays([Pair(x, y)], DataSpec("x"), "x")


@pytest.mark.parametrize(
    ("shape", "dtype", "kind", "taken"),
    [
        ((20, 8, 8, 3), "uint8", "images", (8, 8, 3)),
        ((20, 8, 8, 1), "float32", "images", (8, 8, 1)),
        ((20, 8, 8), "uint8", "images", (8, 8, 1)),
        ((20, 3, 8, 8), "uint8", "images", (8, 8, 3)),
        ((20, 8, 8), "float32", "array", (8, 8)),
        ((20, 3, 4, 8), "float32", "array", (3, 4, 8)),
        ((20, 5), "float64", "array", (5,)),
        ((20, 2, 3, 4, 5), "float32", "array", (2, 3, 4, 5)),
    ],
)
def test_which_arrays_are_images(shape: tuple, dtype: str, kind: str, taken: tuple) -> None:
    """Four axes ending in channels, or three of bytes, are images; the rest are arrays of float32."""
    contents = _read(np.random.default_rng(0).integers(0, 200, shape).astype(dtype))
    raw = contents.examples.take(np.arange(4))
    assert contents.examples.kind == kind
    assert isinstance(raw, np.ndarray) and raw.shape == (4, *taken)
    assert raw.dtype == (np.uint8 if dtype == "uint8" else np.float32)


def test_channels_first_are_moved_and_said() -> None:
    """Transposing is only done where no other reading is possible, and it is said."""
    x = np.random.default_rng(0).integers(0, 200, (20, 3, 8, 8), dtype=np.uint8)
    contents = _read(x)
    assert np.array_equal(contents.examples.take(np.arange(2)), np.moveaxis(x[:2], 1, -1))
    assert any("channels-first" in note for note in contents.notes)


@pytest.mark.parametrize(
    ("labels", "task", "classes"),
    [
        (LABELS, Task.BINARY, ("0", "1")),
        (LABELS.astype(bool), Task.BINARY, ("0", "1")),
        (LABELS[:, None], Task.BINARY, ("0", "1")),
        (np.eye(2)[LABELS], Task.BINARY, ("0", "1")),
        (np.array(["no", "yes"])[LABELS], Task.BINARY, ("no", "yes")),
        (np.linspace(0, 1, 20), Task.REGRESSION, ()),
    ],
)
def test_forms_of_labels(labels: np.ndarray, task: Task, classes: tuple[str, ...]) -> None:
    """Numbers, booleans, columns, one-hot rows and words are all read."""
    contents = _read(np.random.default_rng(0).normal(size=(20, 3)), labels)
    assert contents.task is task and contents.classes == classes


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (np.zeros((20, 3)), LABELS[:5]),
        (np.zeros(20), LABELS),
        (np.zeros((0, 3)), np.zeros(0)),
        (np.array([["a"]] * 20), LABELS),
        (np.zeros((20, 3)), np.zeros((20, 2, 2))),
        (np.zeros((20, 3)), np.zeros(20)),
        (np.zeros((20, 3)), np.array([{}] * 20, dtype=object)),
    ],
)
def test_arrays_that_do_not_fit_are_refused(x: np.ndarray, y: np.ndarray) -> None:
    """Each gives a DataError with all its parts."""
    with pytest.raises(DataError) as caught:
        _read(x, y)
    assert caught.value.received and caught.value.expected and caught.value.hint


def _npz(tmp_path: Path, **arrays: Any) -> str:
    np.savez(tmp_path / "a.npz", **arrays)
    return str(tmp_path / "a.npz")


def test_given_parts_in_an_npz(tmp_path: Path) -> None:
    """x_train, y_val and their like give the split."""
    x = np.random.default_rng(0).normal(size=(20, 3))
    source = _npz(tmp_path, x_train=x, y_train=LABELS, x_val=x[:4], y_val=LABELS[:4], X_test=x[:6], y_test=LABELS[:6])
    contents = NpzReader().read(DataSpec(source), 0)
    assert contents.parts is not None
    assert [int((contents.parts == part).sum()) for part in ("train", "validation", "test")] == [20, 4, 6]
    assert contents.hashes[0] == contents.hashes[20] == contents.hashes[24]


def test_class_names_in_an_npz(tmp_path: Path) -> None:
    """An array of one name a class gives the classes their names, kept in the order of the codes."""
    source = _npz(
        tmp_path, x=np.zeros((20, 3)) + np.arange(20)[:, None], y=LABELS, class_names=np.array(["tee", "shoe"])
    )
    contents = NpzReader().read(DataSpec(source), 0)
    assert [contents.classes[code] for code in contents.target[:2]] == ["tee", "shoe"]


def test_a_stated_label_array(tmp_path: Path) -> None:
    """--target names the array of labels; an unknown name lists the arrays."""
    source = _npz(tmp_path, images=np.zeros((20, 3)), kind=LABELS, y=np.arange(20.0))
    assert NpzReader().read(DataSpec(source, target="kind"), 0).task is Task.BINARY
    with pytest.raises(DataError, match="images, kind, y"):
        NpzReader().read(DataSpec(source, target="kinds"), 0)


def test_joined_examples_answer_in_any_order() -> None:
    """Rows of several parts come back in the order asked for."""
    joined = JoinedExamples(
        [ArrayExamples(np.full((3, 1), value) + np.arange(3)[:, None], "array") for value in (0, 10)]
    )
    assert np.ravel(joined.take(np.array([5, 0, 3, 3]))).tolist() == [12, 0, 10, 10]
    tables = JoinedExamples([TableExamples({"a": np.arange(2) + value}, 2) for value in (0, 10)])
    raw = tables.take(np.array([3, 0]))
    assert isinstance(raw, dict) and raw["a"].tolist() == [11, 0]
