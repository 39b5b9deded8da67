"""Options of `vandap index` that would be ignored are refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_vectors import built, identities

from vandap.cli.main import main
from vandap.search import measure as measure_module
from vandap.search.index import Index

VECTORS = identities(300, 16)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index with payload, and the files that command lines name, in the present folder."""
    monkeypatch.chdir(tmp_path)
    np.save("v.npy", VECTORS)
    np.save("late.npy", VECTORS[:3] + 0.1)
    Path("known.csv").write_text("name,person\na,p1\nb,p2\nc,p3\n")
    Path("unknown.csv").write_text("name,person,age\na,p1,3\nb,p2,4\nc,p3,5\n")
    Path("photos").mkdir()
    return built(tmp_path / "index", VECTORS, payload=pa.table({"person": [f"p{n % 30}" for n in range(300)]})).path


def _refused(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, str]:
    assert main([*words, "--json"]) == 2
    out, err = capsys.readouterr()
    error = json.loads(out)["error"]
    assert all(error.values()) and not err
    return error


_BUILD, _PHOTOS = ("index", "build", "v.npy", "--out", "new"), ("index", "build", "--data", "photos", "--out", "new")
_ADD, _MEASURE = ("index", "add", "index"), ("index", "measure", "index")
_PEOPLE = (*_MEASURE, "--labels", "person")


@pytest.mark.parametrize(
    ("words", "options"),
    [
        (_BUILD, "--model m.keras"),
        (_BUILD, "--layer top"),
        (_BUILD, "--pixels 255"),
        (_BUILD, "--image-size 8x8"),
        (_BUILD, "--faces haar"),
        (_BUILD, "--batch 32"),
        ((*_BUILD, "--engine", "ivf"), "--budget 1h"),
        (_PHOTOS, "--ids i.npy"),
        (_PHOTOS, "--payload known.csv"),
        (_PHOTOS, "--queries late.npy"),
        (_PHOTOS, "--column face"),
        ((*_ADD, "--data", "photos"), "--ids i.npy"),
        ((*_ADD, "--data", "photos"), "--payload known.csv"),
        ((*_ADD, "--data", "photos"), "--column face"),
        ((*_ADD, "--data", "photos"), "--skip 0"),
        (_MEASURE, "--probes late.npy"),
        (_MEASURE, "--probe-labels p.txt"),
        (_MEASURE, "--leave-out"),
        (_PEOPLE, "--leave-out"),
        (_MEASURE, "--fpir 0.1"),
        (_MEASURE, "--far 0.1 --fpir 0.1"),
        ((*_MEASURE, "--queries", "late.npy"), "--count 5"),
        ((*_MEASURE, "--queries", "late.npy"), "--seed 0"),
        (_PEOPLE, "--queries late.npy"),
        ((*_PEOPLE, "--probes", "late.npy"), "--count 5"),
        (_PEOPLE, "--probe-labels p.txt"),
        ((*_PEOPLE, "--probes", "photos"), "--probe-labels p.txt"),
    ],
)
def test_an_option_that_would_be_ignored_is_refused(
    words: tuple[str, ...], options: str, index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One message that names it, before anything is done."""
    error = _refused(capsys, *words, *options.split())
    assert "no meaning" in error["message"]
    given = [word for word in options.split() if word.startswith("--")]
    assert sorted(error["received"].split()) == sorted(given)
    assert not Path("new").exists() and len(Index(index)) == 300


@pytest.mark.parametrize(
    "words",
    [
        (*_BUILD, "--bytes", "0"),
        (*_BUILD, "--bytes", "-5"),
        (*_BUILD, "--bytes", "nan"),
        (*_BUILD, "--latency", ""),
        (*_BUILD, "--memory", ""),
        (*_BUILD, "--budget", ""),
        (*_BUILD, "--data", "photos"),
        ("index", "build", "--out", "new"),
        _PHOTOS,
        _ADD,
    ],
)
def test_nothing_given_is_not_taken_for_nothing_said(
    words: tuple[str, ...], index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty text, as of a variable that was not set, and a number that cannot be met."""
    _refused(capsys, *words)
    assert not Path("new").exists() and len(Index(index)) == 300


def test_payload_that_the_index_does_not_have_is_refused(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where it was asked for by name; what lies beside the vectors in their own file is left out."""
    assert _refused(capsys, *_ADD, "late.npy", "--payload", "unknown.csv")["received"] == "age, name"
    plain = built(Path("plain"), VECTORS, ids=np.array([f"v{n}" for n in range(300)])).path
    assert (
        _refused(capsys, "index", "add", str(plain), "late.npy", "--payload", "known.csv")["received"] == "name, person"
    )
    table = pa.table({"face": list(VECTORS[:3]), "name": ["a", "b", "c"], "age": [1, 2, 3]})
    pq.write_table(table, "late.parquet")
    assert main(["index", "add", str(plain), "late.parquet", "--ids", "name"]) == 0
    assert len(Index(plain)) == 303 and len(Index(index)) == 300


def test_payload_may_bring_the_ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The column that `--ids` names need not be one of the index's."""
    monkeypatch.chdir(tmp_path)
    names, people = np.array([f"v{n}" for n in range(300)]), pa.table({"person": [f"p{n}" for n in range(300)]})
    index = built(tmp_path / "index", VECTORS, ids=names, payload=people)
    np.save("late.npy", VECTORS[:2] + 0.1)
    Path("known.csv").write_text("name,person\na,x1\nb,x2\n")
    assert main([*_ADD, "late.npy", "--payload", "known.csv", "--ids", "name"]) == 0
    assert Index(index.path).search(VECTORS[1] + 0.1, 1, where="person = 'x2'").ids == (("b",),)


def test_numbers_of_a_measurement_reach_it(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Among them the seed, which was for people only."""
    seen, plain = list[dict[str, object]](), measure_module.measure

    def noted(*given: object, **named: object) -> object:
        seen.append(named)
        return plain(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(measure_module, "measure", noted)
    assert main([*_MEASURE, "--quiet"]) == 0
    assert main([*_MEASURE, "--count", "20", "--seed", "3", "--quiet"]) == 0
    assert seen == [{}, {"count": 20, "seed": 3}]
