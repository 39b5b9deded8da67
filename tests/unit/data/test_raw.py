from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from PIL import Image
from reader_samples import columns, write_csv, write_images

from vandap.core.preprocess import Preprocess
from vandap.core.recipe import DataSpec
from vandap.data.contents import Contents
from vandap.data.load import read
from vandap.data.raw import to_raw
from vandap.errors import DataError

TABLE = Preprocess("table")


def _contents(tmp_path: Path) -> Contents:
    return read(DataSpec(str(write_csv(tmp_path / "train.csv")), target="label"), 0)


def _forms(tmp_path: Path) -> dict[str, Any]:
    """The same rows in every form that a user may hand in."""
    table = columns()
    polars = (
        {"polars": importlib.import_module("polars").DataFrame(table)} if importlib.util.find_spec("polars") else {}
    )
    rows = [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]
    return {
        "path": str(write_csv(tmp_path / "new.csv")),
        "semicolons": write_csv(tmp_path / "semi.csv", delimiter=";"),
        "rows": rows,
        "columns": table,
        "arrays": {name: np.array(values) for name, values in table.items()},
        "pandas": pd.DataFrame(table),
        "arrow": pa.table(table),
        **polars,
    }


def test_every_form_of_a_table_gives_what_training_read(tmp_path: Path) -> None:
    """Files, rows and data frames become the very arrays of the training examples."""
    contents = _contents(tmp_path)
    expected = contents.examples.take(np.arange(len(contents.examples)))
    for form, value in _forms(tmp_path).items():
        raw = to_raw(value, contents.columns, TABLE)
        assert isinstance(raw, dict) and set(raw) == set(expected), form
        for name, values in expected.items():
            np.testing.assert_array_equal(raw[name], values, err_msg=f"{form}, {name}")
            assert raw[name].dtype == values.dtype


def test_one_row_is_enough(tmp_path: Path) -> None:
    """A single mapping is a single row; an unknown category and an empty number are missing."""
    contents = _contents(tmp_path)
    raw = to_raw({"size": None, "colour": "violet", "day": "2024-02-30", "open": "no"}, contents.columns, TABLE)
    assert isinstance(raw, dict)
    assert np.isnan(raw["size"]).all() and raw["colour"].tolist() == [-1] and raw["open"].tolist() == [0]


@pytest.mark.parametrize("value", [{"size": 1.0}, [1.0, 2.0], 3, np.zeros((2, 4))])
def test_tables_of_another_form_are_refused(tmp_path: Path, value: Any) -> None:
    """A missing column or no table at all is a DataError with a hint."""
    with pytest.raises(DataError) as caught:
        to_raw(value, _contents(tmp_path).columns, TABLE)
    assert caught.value.expected and caught.value.hint


def test_every_form_of_images_gives_what_training_read(tmp_path: Path) -> None:
    """Paths, folders, arrays and opened images agree with the training examples."""
    root = write_images(tmp_path / "photos")
    contents = read(DataSpec(str(root)), 0)
    expected = contents.examples.take(np.arange(len(contents.examples)))
    spec = Preprocess("images", shape=expected.shape[1:])
    paths = sorted(root.rglob("*.png"))
    opened = [Image.open(path) for path in paths]
    for value in (str(root), paths, [str(path) for path in paths], expected, list(expected), opened):
        assert np.array_equal(to_raw(value, (), spec), expected)
    assert np.array_equal(to_raw(str(paths[0]), (), spec), expected[:1])
    assert np.array_equal(to_raw(expected[0], (), spec), expected[:1])


def test_images_of_another_size_are_resized_and_grey_ones_coloured() -> None:
    """An array of pixels is treated as a file of them would be."""
    spec = Preprocess("images", shape=(8, 8, 3))
    assert to_raw(np.zeros((20, 30), np.uint8)[..., None], (), spec).shape == (1, 8, 8, 3)
    with pytest.raises(DataError, match="shape"):
        to_raw(np.zeros((1, 9, 9, 3), np.float32), (), spec)


def test_an_unreadable_image_is_refused(tmp_path: Path) -> None:
    """At prediction time nothing is skipped in silence."""
    (tmp_path / "x.png").write_text("no image")
    with pytest.raises(DataError, match=r"x\.png"):
        to_raw([tmp_path / "x.png"], (), Preprocess("images", shape=(8, 8, 3)))


def test_arrays(tmp_path: Path) -> None:
    """Arrays, lists, one example and .npy files become float32 of the trained shape."""
    spec = Preprocess("array", shape=(3,))
    np.save(tmp_path / "x.npy", np.ones((2, 3)))
    for value in (np.ones((2, 3)), [[1, 1, 1], [1, 1, 1]], tmp_path / "x.npy"):
        raw = to_raw(value, (), spec)
        assert isinstance(raw, np.ndarray) and raw.shape == (2, 3) and raw.dtype == np.float32
    assert np.shape(to_raw([1, 2, 3], (), spec)) == (1, 3)
    for value in (np.ones((2, 4)), [["a", "b", "c"]], 5):
        with pytest.raises(DataError):
            to_raw(value, (), spec)
