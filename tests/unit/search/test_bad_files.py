"""Files that are not what they should be: one clear error each, and never a fault of the tool."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_vectors import built, identities

from vandap.errors import DataError
from vandap.search.api import build_index, read_ids, read_queries, remove_ids
from vandap.search.index import Index
from vandap.search.payload import read_table
from vandap.search.vectors import open_vectors

VECTORS = identities(20, 4)


def _clear(caught: pytest.ExceptionInfo[DataError]) -> None:
    assert all((caught.value.message, caught.value.received, caught.value.expected, caught.value.hint))


def _archive(path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, a=VECTORS, b=VECTORS)


_Does = Callable[[Path], object]


@pytest.mark.parametrize("write", [Path.touch, _archive, lambda path: path.write_bytes(b"PK\x03\x04 and no more")])
@pytest.mark.parametrize("read", [open_vectors, read_ids, read_queries])
def test_what_is_only_named_npy(read: _Does, write: _Does, tmp_path: Path) -> None:
    """Empty, an archive of arrays, a cut archive."""
    write(tmp_path / "x.npy")
    with pytest.raises(DataError) as caught:
        read(tmp_path / "x.npy")
    _clear(caught)


@pytest.mark.parametrize("values", [pa.array([2**63] * 20, pa.uint64()), pa.array([1] * 20, pa.timestamp("ns"))])
def test_payload_that_cannot_be_kept_as_it_is(values: pa.Array, tmp_path: Path) -> None:
    """Whether it comes with the vectors or in a file of its own."""
    rows = pa.array(list(VECTORS), pa.list_(pa.float32()))
    pq.write_table(pa.table({"vector": rows, "value": values}), tmp_path / "own.parquet")
    pq.write_table(pa.table({"value": values}), tmp_path / "beside.parquet")
    np.save(tmp_path / "vectors.npy", VECTORS)
    for source, payload in (("own.parquet", None), ("vectors.npy", tmp_path / "beside.parquet")):
        with pytest.raises(DataError, match="kept as it is") as caught:
            build_index(tmp_path / source, tmp_path / "index", payload=payload, threads=1)
        assert caught.value.received.startswith("value of type")
        _clear(caught)


def test_two_payload_columns_of_one_name(tmp_path: Path) -> None:
    """The second one would be lost."""
    (tmp_path / "p.csv").write_text("city,city\nHue,Vinh\n")
    with pytest.raises(DataError, match="different names") as caught:
        read_table(tmp_path / "p.csv")
    _clear(caught)


def test_a_payload_that_is_a_folder(tmp_path: Path) -> None:
    """The system's words are passed on."""
    with pytest.raises(DataError, match="cannot be read"):
        read_table(tmp_path)


@pytest.mark.parametrize("wrong", [np.array([b"\xff%d" % n for n in range(20)]), np.array(["\ud800"] * 20, object)])
def test_ids_that_are_no_texts(wrong: np.ndarray, tmp_path: Path) -> None:
    """They could be stored, and never be shown."""
    with pytest.raises(DataError, match="cannot be ids") as caught:
        build_index(VECTORS, tmp_path / "index", ids=wrong, threads=1)
    _clear(caught)
    if wrong.dtype.kind == "S":
        np.save(tmp_path / "ids.npy", wrong)
        with pytest.raises(DataError, match="UTF-8"):
            read_ids(tmp_path / "ids.npy")


def test_bytes_are_ids(tmp_path: Path) -> None:
    """In every command: to build, and to remove by a file of them."""
    ids = np.array([f"ngọc-{n}".encode() for n in range(20)])
    np.save(tmp_path / "ids.npy", ids)
    np.save(tmp_path / "some.npy", ids[:3])
    path = built(tmp_path / "index", VECTORS, ids=read_ids(tmp_path / "ids.npy")).path
    assert remove_ids(path, [f"@{tmp_path / 'some.npy'}", "ngọc-7"]) == 4
    Index(path).add(VECTORS[:1], ["@anna/1.png"])
    assert remove_ids(path, ["@anna/1.png"]) == 1
    for absent in ("@anna/1.png", "@caf\udce9"):
        with pytest.raises(DataError, match="cannot be read"):
            remove_ids(path, [absent])
    assert len(Index(path)) == 16
