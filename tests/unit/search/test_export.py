from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from made_vectors import built, identities

from vandap.errors import UsageError
from vandap.search.api import build_index
from vandap.search.compact import compact
from vandap.search.export import export
from vandap.search.live import Live
from vandap.search.rows import normalised
from vandap.search.target import Target

VECTORS = identities(400, 16)


@pytest.mark.parametrize("texts", [True, False])
def test_an_export_can_be_built_again(texts: bool, tmp_path: Path) -> None:
    """What is alive, with ids and payload, gives the same answers in a new index; nothing removed is in it."""
    ids = np.array([f"ngọc-{n}" for n in range(400)]) if texts else np.arange(1000, 1400)
    index = built(tmp_path / "index", VECTORS, ids=ids, payload=pa.table({"year": np.arange(400) % 7}))
    index.remove(ids[:5].tolist())
    index.add(identities(3, 16, seed=5), ["a", "b", "c"] if texts else [7, 8, 9], {"year": [1, 2, None]})
    exported = export(index.path, tmp_path / "out")
    assert not exported.notes
    assert set(exported.files) == {"vectors.npy", "ids.npy", "payload.parquet", "queries.npy", "truth.npz"}
    out = tmp_path / "out"
    again = build_index(
        out / "vectors.npy", tmp_path / "again", ids=out / "ids.npy", payload=out / "payload.parquet",
        queries=out / "queries.npy", threads=1,
    )  # fmt: skip
    assert len(again) == len(index) == 398
    for where in (None, "year = 1", "year is null"):
        one, other = index.search(VECTORS[:9], 10, where), again.search(VECTORS[:9], 10, where)
        assert one.ids == other.ids


def test_the_truth_names_the_neighbours_of_the_queries(tmp_path: Path) -> None:
    """Ids and cosines of the exact neighbours among the vectors that were not held out."""
    index = built(tmp_path / "index", VECTORS)
    export(index.path, tmp_path / "out")
    queries, truth = np.load(tmp_path / "out" / "queries.npy"), np.load(tmp_path / "out" / "truth.npz")
    assert len(queries) == len(truth["ids"]) == 80
    cosines = np.einsum("qkc,qc->qk", VECTORS[truth["ids"]], queries.astype(np.float32))
    assert cosines == pytest.approx(truth["scores"], abs=2e-3)


@pytest.mark.parametrize("texts", [True, False])
def test_nobody_who_was_removed_is_in_an_export(texts: bool, tmp_path: Path) -> None:
    """Neither as a query that was held out of the build, nor as a neighbour: no compaction reaches a copy."""
    names = np.array([f"id{n}" for n in range(400)]) if texts else np.arange(400)
    index = built(tmp_path / "index", VECTORS, ids=names)
    export(index.path, tmp_path / "before")
    queries, truth = np.load(tmp_path / "before" / "queries.npy"), np.load(tmp_path / "before" / "truth.npz")
    asked = (normalised(VECTORS) @ queries.T).argmax(axis=0)
    gone = [*asked[:3], *np.setdiff1d(np.arange(400), asked)[:200]]
    index.remove(names[gone[:-1]].tolist())
    index.upsert(VECTORS[:1] + VECTORS[1:2], names[gone[-1:]].tolist())
    export(index.path, tmp_path / "out")
    assert np.array_equal(np.load(tmp_path / "out" / "queries.npy"), queries[3:])
    left = np.load(tmp_path / "out" / "truth.npz")
    there = ~np.isin(truth["ids"][3:], names[gone])
    assert np.array_equal(left["ids"], np.where(there, truth["ids"][3:], "" if texts else -1)) and not there.all()
    assert np.array_equal(left["scores"], np.where(there, truth["scores"][3:], -np.inf))


def test_queries_of_ones_own_are_all_exported(tmp_path: Path) -> None:
    """They are no vectors of the index, whatever was removed from it."""
    index = built(tmp_path / "index", VECTORS[:300], queries=normalised(VECTORS[300:]))
    index.remove(list(range(250)))
    export(index.path, tmp_path / "out")
    assert np.array_equal(np.load(tmp_path / "out" / "queries.npy"), normalised(VECTORS[300:]))


@pytest.mark.parametrize(("rows", "said", "kind"), [("8bit", 1, "float16"), ("exact", 0, "float32")])
def test_an_export_says_whether_the_vectors_are_those_that_went_in(
    rows: str, said: int, kind: str, tmp_path: Path
) -> None:
    """Rounded ones are reconstructed; exact ones are bit for bit the unit vectors."""
    build_index(VECTORS, tmp_path / "index", target=Target(0.5), rows=rows, threads=1)
    exported = export(tmp_path / "index", tmp_path / "out")
    assert len(exported.notes) == said and exported.rows == rows
    vectors, ids = np.load(tmp_path / "out" / "vectors.npy"), np.load(tmp_path / "out" / "ids.npy")
    assert vectors.dtype == kind
    assert np.array_equal(vectors, normalised(VECTORS)[ids]) == (rows == "exact")


def test_nothing_is_written_over(tmp_path: Path) -> None:
    """A folder with something in it is refused."""
    index = built(tmp_path / "index", VECTORS)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("")
    with pytest.raises(UsageError, match="already"):
        export(index.path, tmp_path / "out")


def test_a_compaction_meanwhile_does_not_cut_an_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the index held when the export began is written, whatever becomes of its files."""
    index = built(tmp_path / "index", VECTORS)
    plain = Live.ids

    def meanwhile(self: Live) -> np.ndarray:
        monkeypatch.setattr(Live, "ids", plain)
        compact(index.path, 1)
        return plain(self)

    monkeypatch.setattr(Live, "ids", meanwhile)
    exported = export(index.path, tmp_path / "out")
    assert {"vectors.npy", "ids.npy", "queries.npy", "truth.npz"} == set(exported.files)
    assert not (index.path / "generation-000001").exists()


def test_a_full_disk_ends_an_export_with_an_error(tmp_path: Path) -> None:
    """Not with the signal that a mapped write gets; the file's size is limited here, in a process of its own."""
    index = built(tmp_path / "index", VECTORS)
    program = (
        "import resource, signal, sys\n"
        "from vandap.search.export import export\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))\n"
        "try:\n"
        "    export(sys.argv[1], sys.argv[2])\n"
        "except OSError:\n"
        "    sys.exit(7)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(index.path), str(tmp_path / "out")], check=False)
    assert ended.returncode == 7
