"""A build that was cut goes on, with the same and with nothing else, and takes nothing of the user's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from made_vectors import identities

from vandap.errors import UsageError, is_full_disk
from vandap.search import fill, race, work
from vandap.search import vectors as vectors_module
from vandap.search.build import build
from vandap.search.engines._faiss import FaissStructure
from vandap.search.index import Index
from vandap.search.plan import Contents, Plan
from vandap.search.vectors import Array


class KilledError(Exception):
    """Stands for kill -9."""


def test_a_build_killed_in_the_race_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the race had on the disk is swept away, and the build ends."""
    monkeypatch.setattr(race, "SAMPLE", 1500)
    folder, vectors = tmp_path / "index", Array(identities(2600, 16))

    def killed(event: str, facts: Mapping[str, Any]) -> None:
        if "ms a query" in str(facts):
            shutil.copytree(next((folder / "building").glob("vandap-race-*")), folder / "building" / "vandap-race-x")
            raise KilledError

    with pytest.raises(KilledError):
        build(Contents(vectors), folder, Plan(), say=killed)
    assert (folder / "building" / "vandap-race-x").is_dir()
    manifest = build(Contents(vectors), folder, Plan())
    assert {path.name for path in (folder / "generation-000001").iterdir()} == set(manifest.files)


def test_a_build_killed_while_it_throws_another_away_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the files of a cut build are gone: nobody goes on with the other half."""
    vectors, others = identities(600, 16), identities(500, 16, seed=1)
    with pytest.raises(KilledError):
        build(Contents(Array(vectors)), tmp_path / "index", Plan(engine="exact"), say=_killed_at("tuning"))

    def half(folder: Path) -> None:
        (folder / "rows.f16").unlink(missing_ok=True)
        (folder / "rows.f32").unlink(missing_ok=True)
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", half)
        with pytest.raises(KilledError):
            build(Contents(Array(others)), tmp_path / "index", Plan(engine="exact"))
    build(Contents(Array(vectors)), tmp_path / "index", Plan(engine="exact"))
    assert Index(tmp_path / "index").search(vectors[3], 1).ids == ((3,),)


def _killed_at(stage: str) -> Callable[[str, Mapping[str, Any]], None]:
    """End a build where this stage begins."""

    def say(event: str, facts: Mapping[str, Any]) -> None:
        if event == "stage" and facts["title"].startswith(stage):
            raise KilledError

    return say


@pytest.mark.parametrize("name", ["building/photo.jpg", "embedding/state.json", "generation-000001/old.bin", "a.txt"])
def test_a_folder_of_the_users_is_left_alone(name: str, tmp_path: Path) -> None:
    """It is refused as often as it is given, and nothing in it is touched, not even by a lock."""
    own = tmp_path / name
    own.parent.mkdir(exist_ok=True)
    own.write_bytes(b"mine")
    for _ in range(2):
        with pytest.raises(UsageError, match="something already") as caught:
            build(Contents(Array(identities(100, 16))), tmp_path, Plan(engine="exact"))
        assert Path(name).parts[0] in caught.value.received
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [own] and own.read_bytes() == b"mine"
    with pytest.raises(UsageError, match="something already"):
        build(Contents(Array(identities(100, 16))), own, Plan(engine="exact"))


def test_a_cut_build_goes_on_only_with_the_same(tmp_path: Path) -> None:
    """Every vector, every id and every value of the payload counts, not only the first."""
    vectors = identities(600, 16)
    ids, years = np.arange(600) + 7, pa.table({"year": np.arange(600)})
    other_ids, other_years = ids.copy(), np.arange(600)
    other_ids[-1], other_years[-1] = 5, 1
    changed = np.concatenate([vectors[:1], identities(599, 16, seed=4)])
    in_chunks = pa.table({"year": pa.chunked_array([range(9), range(9, 600)])})
    given = {
        "vectors": Contents(Array(changed), ids, years),
        "ids": Contents(Array(vectors), other_ids, years),
        "payload": Contents(Array(vectors), ids, pa.table({"year": other_years})),
        "less": Contents(Array(vectors), ids),
        "same": Contents(Array(vectors.copy()), ids.copy(), in_chunks),
    }
    for name, contents in given.items():
        said: list[str] = []
        with pytest.raises(KilledError):
            build(Contents(Array(vectors), ids, years), tmp_path / name, Plan(engine="exact"), say=_killed_at("tuning"))
        build(contents, tmp_path / name, Plan(engine="exact"), say=lambda _, facts, said=said: said.append(str(facts)))
        assert any("going on" in line for line in said) == (name == "same")
        index = Index(tmp_path / name)
        assert index.search(contents.vectors._array[599], 1).ids == ((contents.ids[-1],),)
        assert index.generation.payload.num_columns == (name != "less")


def test_a_matrix_is_known_again_by_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its fingerprint is not salted; that of a large one sees both ends and what is between, and is as quick."""
    code = "import numpy; from vandap.search.vectors import Array; print(Array(numpy.eye(9)).fingerprint)"
    told = [
        subprocess.run(
            [sys.executable, "-c", code], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]
    assert told[0] == told[1]
    monkeypatch.setattr(vectors_module, "_WHOLE", 4096)
    monkeypatch.setattr(vectors_module, "_PIECE", 256)
    large = identities(1000, 16)
    before = Array(large).fingerprint
    assert Array(np.asfortranarray(large)).fingerprint == before
    seen = []
    for row in range(1000):
        large[row] *= -1
        seen.append(Array(large).fingerprint != before)
        large[row] *= -1
    assert seen[0] and seen[-1] and sum(seen) == 64


def test_seconds_before_a_cut_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At whatever stage the cut was."""
    clock = [0.0]
    monkeypatch.setattr(work, "time", SimpleNamespace(monotonic=lambda: clock[0]))

    def slow(event: str, facts: Mapping[str, Any]) -> None:
        if event == "stage":
            clock[0] += 100
        if facts.get("title", "").startswith("tuning"):
            raise KilledError

    contents = Contents(Array(identities(300, 16)))
    with pytest.raises(KilledError):
        build(contents, tmp_path / "index", Plan(engine="ivf"), say=slow)
    spent = clock[0] - 100  # the last stage was cut as it began
    assert spent >= 300
    manifest = build(contents, tmp_path / "index", Plan(engine="ivf"))
    assert manifest.build["seconds"] == spent


@pytest.mark.parametrize("place", ["checkpoint", "end"])
def test_a_disk_that_a_library_finds_full_is_called_so(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a fault of ours; with room again the build goes on."""
    pytest.importorskip("faiss")
    folder, vectors = tmp_path / "index", Array(identities(2000, 16))
    with monkeypatch.context() as patched:
        patched.setattr(fill, "_EVERY", -1.0 if place == "checkpoint" else 1e9)
        patched.setattr(fill, "BLOCK", 500)

        def full(self: Any, path: Path) -> None:
            raise RuntimeError(f"Error: 'ret == (size)' failed: write error in {path}: No space left on device")

        patched.setattr(FaissStructure, "save", full)
        with pytest.raises(OSError, match="No space left") as caught:
            build(Contents(vectors), folder, Plan(engine="hnsw"))
        assert is_full_disk(caught.value)
    build(Contents(vectors), folder, Plan(engine="hnsw"))
    assert len(Index(folder, threads=1)) == 2000
