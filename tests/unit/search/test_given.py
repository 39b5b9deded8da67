"""What users give beside the vectors, and what small indexes say of themselves."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_vectors import identities

from vandap.cli.main import main
from vandap.errors import DataError
from vandap.search.amounts import memory
from vandap.search.api import build_index, remove_ids
from vandap.search.describe import document, text
from vandap.search.index import Index
from vandap.search.payload import read_table


@pytest.mark.parametrize(
    ("written", "expected"), [("8G", 8e9), ("1TiB", 2**40), ("2tb", 2e12), ("512k", 512e3), ("3", 3)]
)
def test_amounts_of_memory(written: str, expected: float) -> None:
    """As people write them."""
    assert memory(written) == expected


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_columns_are_separated_as_the_first_line_says(mark: str, tmp_path: Path) -> None:
    """One column of everything would be of no use, and columns are fixed when an index is built."""
    path = tmp_path / "payload.csv"
    path.write_text(f"year{mark}city\n1999{mark}Hue\n2001{mark}Vinh\n")
    assert read_table(path).to_pydict() == {"year": [1999, 2001], "city": ["Hue", "Vinh"]}


def test_columns_that_no_filter_reads_are_left_out_by_name(tmp_path: Path) -> None:
    """Lists, pictures and a second column of vectors stand beside the vectors in many files."""
    vectors, notes = identities(40, 8), list[str]()
    lists = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), 8)
    columns = {"a": lists, "b": lists, "tags": [["x"]] * 40, "image": [b"p"] * 40, "year": list(range(40))}
    pq.write_table(pa.table(columns), tmp_path / "two.parquet")
    say = lambda event, fields: notes.append(fields.get("text", ""))  # noqa: E731
    index = build_index(tmp_path / "two.parquet", tmp_path / "index", column="a", threads=1, say=say)
    assert list(document(index)["payload"]) == ["year"]
    assert any("left out" in note and "tags" in note and "image" in note and "b (" in note for note in notes)


def test_a_tiny_index_is_certain_and_not_timed(tmp_path: Path) -> None:
    """Exact search finds everything, whatever few queries could prove; no number stands for what was not measured."""
    np.save(tmp_path / "few.npy", identities(4, 8))
    index = build_index(tmp_path / "few.npy", tmp_path / "index", threads=1)
    assert "nan" not in text(index) and "not timed" in text(index) and "1, by exact search" in text(index)
    assert document(index)["recall"]["lower95"] == 1.0


def test_quiet_search_says_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In one line, with no heading of a table that does not come."""
    np.save(tmp_path / "few.npy", identities(4, 8))
    build_index(tmp_path / "few.npy", tmp_path / "index", threads=1)
    np.save(tmp_path / "query.npy", identities(4, 8)[:2])
    assert main(["search", str(tmp_path / "index"), str(tmp_path / "query.npy"), "--k", "2", "--quiet"]) == 0
    assert capsys.readouterr().out.startswith("2 queries, 4 hits in ")


def test_an_id_that_is_given_twice_is_removed_once(tmp_path: Path) -> None:
    """It is gone either way."""
    np.save(tmp_path / "few.npy", identities(4, 8))
    build_index(tmp_path / "few.npy", tmp_path / "index", threads=1)
    assert remove_ids(tmp_path / "index", ["2", "2", "0"]) == 2


def test_a_number_may_begin_with_its_point(tmp_path: Path) -> None:
    """As it may end with it."""
    path = tmp_path / "payload.csv"
    path.write_text("score\n0.5\n1.5\n-0.5\n2.0\n")
    np.save(tmp_path / "few.npy", identities(4, 8))
    index = build_index(tmp_path / "few.npy", tmp_path / "index", payload=path, threads=1)
    for where, expected in (("score = .5", [0]), ("score = -.5", [2]), ("score > .5", [1, 3])):
        assert sorted(index.search(identities(4, 8)[0], 4, where).ids[0]) == expected


@pytest.mark.parametrize("part", ["build", "add", "remove", "compact", "measure", "export", "info"])
def test_each_part_of_the_command_has_an_example(part: str, capsys: pytest.CaptureFixture[str]) -> None:
    """As the README says of every command."""
    assert main(["index", part, "--help"]) == 0
    assert f"vandap index {part} " in capsys.readouterr().out.rpartition("example:")[2]


def test_numbers_that_begin_with_a_zero_are_texts(tmp_path: Path) -> None:
    """A postcode, or a badge: cut, it would be another one. What an index knows to be a number stays one."""
    path = tmp_path / "people.csv"
    path.write_text("badge,post,age,none\n007,10115,041,0\n118,,23,0\n")
    table = read_table(path)
    assert table.to_pydict() == {
        "badge": ["007", "118"],
        "post": [10115, None],
        "age": ["041", "23"],
        "none": [0, 0],
    }
    assert read_table(path, pa.schema([("badge", pa.int64())])).column("badge").to_pylist() == [7, 118]
    path.write_text('post\n01067\n""\nNA\n')
    assert read_table(path).column("post").to_pylist()[0] == "01067"


def test_ids_of_a_column_stay_those_of_the_column(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also after a compaction; new vectors without that column would have been numbered, whatever it says."""
    vectors, index = identities(300, 16), tmp_path / "index"
    build_index(vectors, index, ids="badge", payload=pa.table({"badge": np.arange(300) * 10}))
    assert main(["index", "compact", str(index), "--quiet"]) == 0
    np.save(tmp_path / "late.npy", vectors[:2] + 0.1)
    (tmp_path / "late.csv").write_text("badge\n5001\n5003\n")
    adds = ["index", "add", str(index), str(tmp_path / "late.npy")]
    assert main([*adds, "--payload", str(tmp_path / "late.csv")]) == 0
    assert Index(index).search(vectors[1] + 0.1, 1).ids == ((5003,),)
    capsys.readouterr()
    assert main([*adds, "--json"]) == 2
    assert "its column badge" in json.loads(capsys.readouterr().out)["error"]["message"]
    assert len(Index(index)) == 302


def test_too_few_vectors_for_an_engine_are_told(tmp_path: Path) -> None:
    """It was asked for by name, and exact search stands in."""
    index = build_index(identities(50, 16), tmp_path / "index", engine="ivf")
    assert index.generation.manifest.engine == "exact"
    assert any("ivf was asked for; 50 vectors are too few" in note for note in index.generation.manifest.notes)


def test_one_vector_alone_is_told_as_one(tmp_path: Path) -> None:
    """Not as numbers to be reshaped into as many vectors."""
    np.save(tmp_path / "one.npy", np.ones(16, np.float32))
    with pytest.raises(DataError) as caught:
        build_index(tmp_path / "one.npy", tmp_path / "index")
    assert "array[None]" in caught.value.hint
