"""What every source of vectors must do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vandap.core.family import members
from vandap.errors import DataError
from vandap.search import sources
from vandap.search.sources._source import Source
from vandap.search.vectors import open_vectors

VECTORS = np.random.default_rng(0).standard_normal((57, 6)).astype(np.float32)


def _npy(folder: Path, vectors: np.ndarray) -> Path:
    np.save(folder / "v.npy", vectors)
    return folder / "v.npy"


def _shards(folder: Path, vectors: np.ndarray) -> Path:
    (folder / "shards").mkdir()
    for number, part in enumerate(np.array_split(vectors, 12)):
        np.save(folder / "shards" / f"part-{number}.npy", part)
    return folder / "shards"


def _parquet(folder: Path, vectors: np.ndarray) -> Path:
    table = pa.table({"name": [str(n) for n in range(len(vectors))], "face": pa.array(list(vectors))})
    pq.write_table(table, folder / "v.parquet", row_group_size=10)
    return folder / "v.parquet"


SAMPLES: dict[str, Callable[[Path, np.ndarray], Path]] = {"npy": _npy, "shards": _shards, "parquet": _parquet}
each = pytest.mark.parametrize("slug", SAMPLES)


def test_every_source_has_a_sample() -> None:
    """A new source is tested as soon as it exists."""
    assert {source.slug for source in members(sources, Source)} == set(SAMPLES)  # type: ignore[type-abstract]


@each
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_all_rows_come_in_order(slug: str, dtype: str, tmp_path: Path) -> None:
    """Whatever the type and the size of a block."""
    vectors = open_vectors(SAMPLES[slug](tmp_path, VECTORS.astype(dtype)))
    assert (vectors.count, vectors.columns) == VECTORS.shape
    for size in (1, 8, 1000):
        read = np.concatenate(list(vectors.blocks(size)))
        assert np.array_equal(read, VECTORS.astype(dtype))


@each
def test_reading_starts_anywhere(slug: str, tmp_path: Path) -> None:
    """A cut build goes on at the row where it was cut."""
    vectors = open_vectors(SAMPLES[slug](tmp_path, VECTORS))
    for start in (0, 1, 9, 10, 11, 30, 56):
        assert np.array_equal(np.concatenate(list(vectors.blocks(7, start))), VECTORS[start:])


@each
def test_some_are_read_by_number(slug: str, tmp_path: Path) -> None:
    """Ascending, from any part; none where none are asked for."""
    vectors = open_vectors(SAMPLES[slug](tmp_path, VECTORS))
    for numbers in ([0, 9, 10, 30, 56], list(range(57)), []):
        assert np.array_equal(vectors.some(np.array(numbers, np.int64)), VECTORS[numbers])


@each
def test_the_fingerprint_tells_other_data(slug: str, tmp_path: Path) -> None:
    """The same files have the same fingerprint; others another."""
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    path = SAMPLES[slug](tmp_path / "a", VECTORS)
    other = SAMPLES[slug](tmp_path / "b", VECTORS[:-1])
    assert open_vectors(path).fingerprint == open_vectors(path).fingerprint != open_vectors(other).fingerprint


@each
def test_a_cut_file_is_refused(slug: str, tmp_path: Path) -> None:
    """A truncated file gives one message with its four parts."""
    path = SAMPLES[slug](tmp_path, VECTORS)
    file = path if path.is_file() else next(iter(sorted(path.iterdir())))
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(DataError) as caught:
        open_vectors(path)
    assert all((caught.value.message, caught.value.received, caught.value.expected, caught.value.hint))


def test_shards_come_in_order_of_number(tmp_path: Path) -> None:
    """`part-2` comes before `part-10`."""
    vectors = open_vectors(_shards(tmp_path, VECTORS))
    assert np.array_equal(np.concatenate(list(vectors.blocks(100))), VECTORS)


def test_the_other_columns_are_the_payload(tmp_path: Path) -> None:
    """A Parquet file of vectors brings its payload along."""
    payload = open_vectors(_parquet(tmp_path, VECTORS)).payload()
    assert payload is not None and payload.column_names == ["name"]


@pytest.mark.parametrize(
    "array",
    [np.zeros(5, np.float32), np.zeros((5, 3), np.int64), np.zeros((5, 0), np.float32), np.asfortranarray(VECTORS)],
    ids=["one axis", "whole numbers", "no columns", "fortran"],
)
def test_other_arrays_are_refused(array: np.ndarray, tmp_path: Path) -> None:
    """What is no list of float vectors is said to be none."""
    np.save(tmp_path / "v.npy", array)
    with pytest.raises(DataError) as caught:
        open_vectors(tmp_path / "v.npy")
    assert caught.value.hint


@pytest.mark.parametrize("name", ["absent.npy", "text.txt"])
def test_nothing_to_read_is_said(name: str, tmp_path: Path) -> None:
    """A missing path, and a file of another kind."""
    (tmp_path / "text.txt").write_text("no vectors")
    with pytest.raises(DataError):
        open_vectors(tmp_path / name)


def test_shards_of_other_widths_are_refused(tmp_path: Path) -> None:
    """Vectors of two models in one folder."""
    folder = _shards(tmp_path, VECTORS)
    np.save(folder / "part-99.npy", VECTORS[:, :3])
    with pytest.raises(DataError, match="different widths"):
        open_vectors(folder)


def test_a_row_of_another_length_is_named(tmp_path: Path) -> None:
    """In Parquet each list may have its own length; the odd one is named."""
    rows = [row.tolist() for row in VECTORS]
    rows[20] = rows[20][:3]
    pq.write_table(pa.table({"face": rows}), tmp_path / "v.parquet", row_group_size=8)
    with pytest.raises(DataError) as caught:
        list(open_vectors(tmp_path / "v.parquet").blocks(5))
    assert "row 20" in caught.value.received
