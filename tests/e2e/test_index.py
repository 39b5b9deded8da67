"""`vandap index` and `vandap search` as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_vectors import identities

from vandap.cli.main import main

VECTORS = identities(1200, 16)


def _said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict:
    """The document that a command line prints."""
    capsys.readouterr()
    assert main([*words, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_from_vectors_to_neighbours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Build, describe, search, add, remove, compact: each document has what the design promises."""
    vectors, index, query = (str(tmp_path / name) for name in ("v.npy", "index", "q.npy"))
    np.save(vectors, VECTORS)
    np.save(query, VECTORS[7])
    built = _said(capsys, "index", "build", vectors, "--out", index, "--engine", "ivf", "--recall", "0.9", "--k", "5")
    assert (built["engine"], built["count"], built["dim"]) == ("ivf", 1200, 16)
    assert built["recall"]["k"] == 5 and built["recall"]["lower95"] >= built["recall"]["target"] == 0.9
    assert built["bytes_per_vector"] > 32 and built["seconds"] > 0
    assert built["peak_rss_bytes"] > 0 and built["predicted"]["peak_bytes"] > 0
    found = _said(capsys, "search", index, query, "--k", "3")
    assert found["results"][0]["hits"][0]["id"] == 7 and len(found["results"][0]["hits"]) == 3
    assert found["ms"]["total"] > 0
    assert _said(capsys, "index", "remove", index, "7", "8")["removed"] == 2
    assert _said(capsys, "search", index, query, "--k", "1")["results"][0]["hits"][0]["id"] != 7
    np.save(query, VECTORS[7:8])
    assert _said(capsys, "index", "add", index, query)["added"] == 1
    assert _said(capsys, "search", index, query, "--k", "1")["results"][0]["hits"][0]["id"] == 1200
    assert _said(capsys, "index", "info", index, "--check")["added"] == 1
    assert _said(capsys, "index", "compact", index)["count"] == 1199
    assert _said(capsys, "index", "measure", index)["kept"]


def test_a_table_brings_payload_and_ids(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Vectors, ids and columns from one Parquet file; filters, additions and replacements by id."""
    table = pa.table(
        {
            "face": pa.array(list(VECTORS[:300])),
            "person": [f"p{n}" for n in range(300)],
            "age": pa.array(np.arange(300) % 80),
        }
    )
    pq.write_table(table, tmp_path / "faces.parquet")
    pq.write_table(table.slice(0, 3), tmp_path / "again.parquet")
    index, query = str(tmp_path / "index"), str(tmp_path / "q.npy")
    np.save(query, VECTORS[:2])
    _said(capsys, "index", "build", str(tmp_path / "faces.parquet"), "--out", index, "--ids", "person")
    found = _said(capsys, "search", index, query, "--k", "9", "--where", "age = 3")
    assert [len(result["hits"]) for result in found["results"]] == [4, 4]
    assert {hit["id"] for hit in found["results"][0]["hits"]} == {"p3", "p83", "p163", "p243"}
    again = ("index", "add", index, str(tmp_path / "again.parquet"), "--ids", "person")
    assert "already" in _said(capsys, *again, code=2)["error"]["message"]
    assert _said(capsys, *again, "--replace")["added"] == 3
    assert _said(capsys, "index", "info", index)["count"] == 300
    _said(capsys, "index", "remove", index, "p0")
    assert "p0" in _said(capsys, "index", "remove", index, "p0", code=2)["error"]["received"]


def test_what_cannot_be_promised_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, the index is there, and the note says what can be had."""
    np.save(tmp_path / "v.npy", VECTORS)
    words = ("index", "build", str(tmp_path / "v.npy"), "--out", str(tmp_path / "index"), "--engine", "ivf")
    built = _said(capsys, *words, "--latency", "1us", code=1)
    assert not built["met"] and "ms" in built["notes"][0]
    assert not _said(capsys, "index", "info", str(tmp_path / "index"), code=1)["met"]
    assert not _said(capsys, "index", "compact", str(tmp_path / "index"), code=1)["met"]


@pytest.mark.parametrize(
    "words",
    [
        ("index", "build", "v.npy", "--out", "i", "--recall", "1.5"),
        ("index", "build", "v.npy", "--out", "i", "--k", "0"),
        ("index", "build", "v.npy", "--out", "i", "--latency", "2"),
        ("index", "build", "v.npy", "--out", "i", "--memory", "much"),
        ("index", "build", "v.npy", "--out", "i", "--engine", "magic"),
        ("index", "build", "absent.npy", "--out", "i"),
        ("index", "build", "v.npy", "--out", "i", "--payload", "absent.csv"),
        ("index", "build", "v.npy", "--out", "i", "--ids", "absent.npy"),
        ("index", "build", "v.npy", "--out", "i", "--column", "x"),
        ("index", "add", "absent", "v.npy"),
        ("index", "remove", "absent", "1"),
        ("index", "compact", "absent"),
        ("index", "measure", "absent"),
        ("index",),
        ("search", "absent", "v.npy"),
    ],
)
def test_bad_input_is_one_message(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 2 and four parts, whatever is wrong."""
    monkeypatch.chdir(tmp_path)
    np.save("v.npy", VECTORS[:50])
    error = _said(capsys, *words, code=2)["error"]
    assert all(error.values())
