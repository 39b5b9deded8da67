from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from reader_samples import arrays, columns, write_csv, write_images

from vandap.core.recipe import Change, DataSpec
from vandap.data.load import choose_reader, load
from vandap.errors import DataError, InputError, UsageError


def test_a_close_name_is_offered(tmp_path: Path) -> None:
    """A misspelt path names the file that was meant."""
    write_csv(tmp_path / "passengers.csv")
    with pytest.raises(DataError) as caught:
        choose_reader(DataSpec(str(tmp_path / "pasengers.csv")))
    assert "passengers.csv" in caught.value.hint


def test_what_cannot_be_recognised_is_refused(tmp_path: Path) -> None:
    """An empty folder, a folder of other things and a foreign ending each say what was expected."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.md").write_text("hello")
    (tmp_path / "book.xlsx").write_bytes(b"PK\x03\x04")
    for name in ("empty", "other", "book.xlsx"):
        with pytest.raises(DataError) as caught:
            choose_reader(DataSpec(str(tmp_path / name)))
        assert caught.value.received and caught.value.expected and caught.value.hint


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    """A misspelt --kind names the one that was meant."""
    with pytest.raises(UsageError) as caught:
        choose_reader(DataSpec("x", kind="image_folder"))
    assert "image-folder" in caught.value.hint


def test_a_stated_kind_wins_over_the_ending(tmp_path: Path) -> None:
    """--kind csv reads a file of any name."""
    path = write_csv(tmp_path / "table.dat")
    dataset, _ = load(DataSpec(str(path), kind="csv", target="label"), 0)
    assert len(dataset.examples) == 60


def test_data_in_memory(tmp_path: Path) -> None:
    """A data frame and a pair of arrays load like files; without them the recipe cannot be repeated."""
    frame, _ = load(DataSpec("<memory>", target="label"), 0, memory_source=pd.DataFrame(columns()))
    written, _ = load(DataSpec(str(write_csv(tmp_path / "t.csv")), target="label"), 0)
    assert frame.classes == written.classes and np.array_equal(frame.target, written.target)
    pair, _ = load(DataSpec("<memory>"), 0, memory_source=arrays())
    assert pair.kind == "array" and len(pair.examples) == 60
    with pytest.raises(DataError):
        load(DataSpec("<memory>"), 0)


def test_a_frame_with_mixed_objects(tmp_path: Path) -> None:
    """A pandas column of numbers and words, which Arrow refuses, is read as text."""
    table = columns() | {"mixed": [1, "two"] * 30}
    dataset, _ = load(DataSpec("<memory>", target="label"), 0, memory_source=pd.DataFrame(table))
    mixed = next(column for column in dataset.columns if column.name == "mixed")
    assert mixed.categories == ("1", "two")


def test_transforms_are_applied_after_the_split(tmp_path: Path) -> None:
    """The split is that of the untouched data, and the audit sees the edited ones."""
    plain, _ = load(DataSpec("bundled:iris"), 0)
    edited, signals = load(DataSpec("bundled:iris"), 0, (Change("duplicate-rows", {"share": 0.5}),))
    assert np.array_equal(plain.split.test, edited.split.test)
    assert signals["duplicates"].at(kind="exact") >= 0.5 * len(plain.split.train)


def test_same_seed_same_split(tmp_path: Path) -> None:
    """Loading twice gives the same data set."""
    root = write_images(tmp_path / "photos", count=20)
    first, second = (load(DataSpec(str(root)), 5)[0] for _ in range(2))
    assert np.array_equal(first.split.train, second.split.train) and first.fingerprint == second.fingerprint


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"<html><body>404</body></html>", b"\n\n\n", b"{}"])
def test_junk_is_refused(tmp_path: Path, content: bytes) -> None:
    """Whatever stands in a file, the answer is an InputError."""
    for name in ("t.csv", "t.parquet", "t.jsonl", "t.npz", "x.npy"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError):
            load(DataSpec(str(tmp_path / name)), 0)
