"""Adding from files, and the example of the package."""

from __future__ import annotations

import doctest
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_vectors import built, identities

import vandap.search
from vandap.errors import DataError, UsageError
from vandap.search import api, searching
from vandap.search.api import add_vectors, build_index, read_ids
from vandap.search.index import Index

LATE = identities(100, 16, seed=7)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index of 300 vectors, and files of 100 others that are read ten at a time."""
    monkeypatch.setattr(api, "_BLOCK", 10)
    np.save(tmp_path / "late.npy", LATE)
    np.save(tmp_path / "ids.npy", np.arange(1000, 1100))
    return built(tmp_path / "index", identities(300, 16)).path


def test_a_known_id_is_found_before_anything_is_added(index: Path, tmp_path: Path) -> None:
    """However late it comes; nothing was added, as the message says."""
    np.save(tmp_path / "ids.npy", np.r_[1000:1069, 7, 8, 1071:1100])
    with pytest.raises(DataError, match="already") as caught:
        add_vectors(index, tmp_path / "late.npy", ids=str(tmp_path / "ids.npy"))
    assert caught.value.received == "7, 8" and "None of these vectors was added" in caught.value.hint
    assert len(Index(index)) == 300
    assert add_vectors(index, tmp_path / "late.npy", ids=str(tmp_path / "ids.npy"), replace=True) == 100
    assert len(Index(index)) == 398


def test_rows_are_numbered_in_the_whole_input(index: Path, tmp_path: Path) -> None:
    """The message names the row as the user counts, and how many vectors before it were added."""
    broken = LATE.copy()
    broken[[37, 38]] = np.nan
    np.save(tmp_path / "late.npy", broken)
    with pytest.raises(DataError) as caught:
        add_vectors(index, tmp_path / "late.npy", ids=str(tmp_path / "ids.npy"))
    assert "row 37, 38" in caught.value.received and "--skip 30" in caught.value.__notes__[0]
    assert len(Index(index)) == 330


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_cut_addition_says_how_to_go_on(
    error: BaseException, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same command with what it names puts in the rest, each vector with its own id, and none twice."""
    add, calls = Index.add, list[int]()

    def cut(self: Index, *given: Any, **named: Any) -> int:
        calls.append(1)
        if len(calls) == 4:
            raise error
        return add(self, *given, **named)

    monkeypatch.setattr(Index, "add", cut)
    with pytest.raises(type(error)) as caught:
        add_vectors(index, tmp_path / "late.npy", ids=str(tmp_path / "ids.npy"))
    assert "The first 30 vectors are in the index: give the rest with --skip 30" in caught.value.__notes__[0]
    assert add_vectors(index, tmp_path / "late.npy", ids=str(tmp_path / "ids.npy"), skip=30) == 70
    found = Index(index).search(LATE, 1)
    assert [ids[0] for ids in found.ids] == list(range(1000, 1100)) and len(Index(index)) == 400
    with pytest.raises(UsageError, match="skipped"):
        add_vectors(index, tmp_path / "late.npy", skip=101)


def test_nothing_is_replaced_without_ids(index: Path, tmp_path: Path) -> None:
    """Adding it under new ids would double what was to be replaced."""
    with pytest.raises(UsageError, match="replaced"):
        add_vectors(index, tmp_path / "late.npy", replace=True)
    assert len(Index(index)) == 300


@pytest.mark.parametrize("beside", [True, False])
def test_the_index_decides_of_what_type_an_addition_is(beside: bool, tmp_path: Path) -> None:
    """Not what the values of one file look like: ids and texts of digits, and columns without any value."""
    payload = pa.table({
        "zip": ["10000", "AB1"] * 50, "age": [1, None] * 50, "seen": [datetime(2020, 1, 1), None] * 50,
        "tall": [True, None] * 50, "width": [0.5, None] * 50,
    })  # fmt: skip
    index = built(tmp_path / "index", LATE, ids=np.array([f"a{n}" for n in range(100)]), payload=payload)
    np.save(tmp_path / "late.npy", identities(2, 16, seed=3))
    (tmp_path / "ids.txt").write_text("18\n19\n")
    own = ("name,", "18,", "19,") if beside else ("", "", "")
    (tmp_path / "late.csv").write_text(f"{own[0]}zip,age,seen,tall,width\n{own[1]}07001,,,,\n{own[2]},,,,\n")
    ids = "name" if beside else str(tmp_path / "ids.txt")
    assert add_vectors(index.path, tmp_path / "late.npy", ids=ids, payload=tmp_path / "late.csv") == 2
    index.refresh()
    where = "zip = '07001' and age is null and seen is null and tall is null and width is null"
    assert index.search(LATE[0], where=where).ids == (("18",),)


def test_columns_that_the_index_has_not_are_left_out_of_what_the_vectors_bring(tmp_path: Path) -> None:
    """Whatever their type; one without any value is of the type that it has in the index."""
    rows = {"vector": pa.array(list(LATE[:2]), pa.list_(pa.float32()))}
    index = built(tmp_path / "index", LATE, payload=pa.table({"zip": ["1"] * 100}))
    pq.write_table(pa.table({**rows, "zip": pa.nulls(2), "boxes": [[1], [2]], "none": pa.nulls(2)}), tmp_path / "a.pq")
    pq.write_table(pa.table({**rows, "boxes": [[1], [2]]}), tmp_path / "b.pq")
    assert add_vectors(index.path, tmp_path / "a.pq") == add_vectors(index.path, tmp_path / "b.pq") == 2
    index.refresh()
    assert sorted(index.search(LATE[0], where="zip is null").ids[0]) == [100, 101, 102, 103]


def test_the_packages_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line of it."""
    monkeypatch.chdir(tmp_path)
    np.save("vectors.npy", LATE)
    Path("people.csv").write_text("city\n" + "Hue\nHanoi\n" * 50)
    names = {"query": LATE[4]}
    examples = doctest.DocTestParser().get_examples(vandap.search.__doc__ or "")
    for example in examples:
        exec(example.source, names)
    assert len(examples) == 3 and Index("faces").search(LATE[4], 1, where="city = 'Hue'").ids == ((4,),)


def test_ids_are_one_a_line(tmp_path: Path) -> None:
    """Names with spaces are whole, and 007 is a name; whole numbers are numbers."""
    path, ids = tmp_path / "ids.txt", dict[str, list[object]]()
    ids["Ada Lovelace\n Bob Ross \n\n"] = ["Ada Lovelace", "Bob Ross"]
    ids["007\n8\n"] = ["007", "8"]
    ids["-3\n8"] = [-3, 8]
    for text, expected in ids.items():
        path.write_text(text, "utf-8")
        assert read_ids(path).tolist() == expected


def test_a_search_without_k_takes_what_there_is(tmp_path: Path) -> None:
    """Nobody asked for ten of five."""
    index = built(tmp_path / "index", identities(5, 16))
    assert len(index.search(identities(1, 16)[0]).ids[0]) == 5


@pytest.mark.parametrize("wrong", [{"threads": 0}, {"seed": -1}, {"engine": "magic"}, {"rows": "magic"}])
def test_what_cannot_be_built_is_refused_before_anything_is_read(wrong: dict[str, Any], tmp_path: Path) -> None:
    """And leaves nothing behind."""
    with pytest.raises(UsageError, match=r"There is no such|cannot be built with"):
        build_index(tmp_path / "there-is-none.npy", tmp_path / "index", **wrong)
    assert not (tmp_path / "index").exists()


def test_many_queries_are_searched_for_some_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the same answers."""
    vectors = identities(300, 16)
    index = built(tmp_path / "index", vectors)
    whole = index.search(vectors[:50], 5)
    monkeypatch.setattr(searching, "_AT_ONCE", 7)
    some = index.search(vectors[:50], 5)
    assert some.ids == whole.ids
    np.testing.assert_allclose(some.scores, whole.scores, atol=1e-6)
