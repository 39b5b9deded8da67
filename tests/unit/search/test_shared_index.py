"""An index beside others: what they rebuild, compact or take back harms neither readers nor writers."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from made_vectors import built, identities

from vandap.errors import DataError
from vandap.search import compact as compact_module
from vandap.search import folder, generation
from vandap.search import index as index_module
from vandap.search.build import build
from vandap.search.compact import compact
from vandap.search.engines._engine import Engine, Job
from vandap.search.families import engine as named
from vandap.search.folder import journal_path
from vandap.search.index import Index
from vandap.search.journal import Change
from vandap.search.plan import Contents, Plan
from vandap.search.vectors import Array

VECTORS = identities(300, 16)
PAYLOAD = pa.table({"year": pa.array(np.arange(300) % 50), "name": [f"p{n}" for n in range(300)]})


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """An exact index of the vectors with payload."""
    return built(tmp_path / "index", VECTORS, payload=PAYLOAD)


@pytest.mark.parametrize(
    ("vectors", "rows", "payload"),
    [
        (VECTORS, "8bit", PAYLOAD),
        (identities(300, 24), "half", PAYLOAD),
        (VECTORS, "half", pa.table({"city": ["Hue"] * 300})),
    ],
)
def test_a_writer_outlives_a_rebuilding(vectors: np.ndarray, rows: str, payload: pa.Table, tmp_path: Path) -> None:
    """Its rows are packed as the index holds them now; what fits no more is refused before the disk is touched."""
    held = built(tmp_path / "index", VECTORS, rows="half", payload=PAYLOAD)
    build(Contents(Array(vectors), payload=payload), held.path, Plan(engine="exact", rows=rows), overwrite=True)
    for late, values in ((VECTORS[:1], {"year": [5]}), (vectors[:1], None)):
        with suppress(DataError):
            held.add(late, payload=values)
        assert len(Index(held.path)) == len(held)
    assert Index(held.path).search(vectors[0], 1, where=f"{payload.column_names[0]} is null").ids != ((),)
    assert held.search(vectors[0], 2).ids[0][1] >= 300


def test_a_writer_outlives_a_compaction_into_other_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half precision before, 8 bits after: what it adds is found by all."""
    held = built(tmp_path / "index", identities(3000, 64), rows="half")
    plain = compact_module._plan
    monkeypatch.setattr(compact_module, "_plan", lambda *given: replace(plain(*given), rows="8bit"))
    assert compact(held.path, 1).generation.rows.code.slug == "8bit"
    late = identities(2, 64, seed=5)
    held.add(late)
    for opened in (held, Index(held.path)):
        assert opened.search(late, 1).ids == ((3000,), (3001,))


def test_rows_of_another_form_never_reach_the_journal(index: Index) -> None:
    """Whatever went wrong before, a record that nobody could read is not written."""
    before = journal_path(index.path, 1).read_bytes()
    with pytest.raises(DataError, match="fit"):
        index._write(Change(np.zeros(0, np.int64), (900,), np.zeros((1, 20), np.uint8)))
    assert journal_path(index.path, 1).read_bytes() == before


def test_a_failed_opening_is_made_good(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer whose re-opening failed once goes on with the old generation for searches, never for changes."""
    held = Index(index.path)
    compact(index.path, 1)

    def full(*_: object) -> None:
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as patched:
        patched.setattr(index_module, "open_generation", full)
        with pytest.raises(OSError, match="Too many"):
            held.remove([3])
    assert held.search(VECTORS[0], 1).ids == ((0,),)
    held.remove([3])
    assert len(Index(index.path)) == len(held) == 299 and held.generation.manifest.generation == 2


@pytest.mark.parametrize("moment", ["check_files", "row_code", "map_table", "Delta", "journal_path"])
def test_an_index_replaced_while_it_is_opened_is_opened_again(
    moment: str, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A compaction takes the files away at any moment of it: the reader gets the next generation, not an alarm."""
    module = index_module if moment in ("Delta", "journal_path") else generation
    plain, rewritten = getattr(module, moment), []

    def meanwhile(*arguments: object, **more: object) -> object:
        if not rewritten:
            rewritten.append(True)
            compact(index.path, 1)
        return plain(*arguments, **more)

    monkeypatch.setattr(module, moment, meanwhile)
    assert Index(index.path).generation.manifest.generation == 2


@pytest.mark.parametrize("engine", ["ivf", "hnsw", "annoy", "voyager"])
def test_an_engine_whose_file_was_replaced_is_read_again(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No engine's own words for a missing file are taken for damage."""
    if not named(engine).installed:
        pytest.skip("not installed")
    path = built(tmp_path / "index", identities(400, 16), engine).path
    plain, rewritten = type(named(engine)).load, []

    def meanwhile(self: Engine, file: Path, job: Job) -> object:
        if not rewritten:
            rewritten.append(True)
            compact(path, 1)
        return plain(self, file, job)

    monkeypatch.setattr(type(named(engine)), "load", meanwhile)
    held = Index(path)
    assert held.search(identities(400, 16)[:5], 1).ids == ((0,), (1,), (2,), (3,), (4,))
    assert held.generation.manifest.generation == 2


def test_an_index_replaced_while_it_is_checked_is_checked_again(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a compaction took away is no damage."""
    plain, rewritten = folder.crc, []

    def meanwhile(path: Path) -> int:
        if not rewritten:
            rewritten.append(True)
            compact(index.path, 1)
        return plain(path)

    monkeypatch.setattr(folder, "crc", meanwhile)
    index.check()
    assert rewritten and index.generation.manifest.generation == 2


def test_changes_that_were_taken_back_are_forgotten(index: Index) -> None:
    """Another writer's record was read before it was flushed, and could not be: all go on without it."""
    reader, writer = Index(index.path), Index(index.path)
    path = journal_path(index.path, 1)
    before = path.read_bytes()
    index.add(VECTORS[:2], [900, 901])
    reader.refresh()
    writer.refresh()
    path.write_bytes(before)
    assert len(writer) == 302
    writer.add(VECTORS[:3], [950, 951, 952])
    reader.refresh()
    for opened in (reader, writer, Index(index.path)):
        assert len(opened) == 303 and opened.search(VECTORS[0], 2).ids == ((0, 950),)


def test_many_single_additions_copy_little(index: Index) -> None:
    """What is held of all rows grows in steps, not with every addition."""
    held = [index.delta.alive]
    for number in range(100):
        index.add(VECTORS[number : number + 1])
        held.append(index.delta.alive)
    assert sum(not np.shares_memory(one, other) for one, other in pairwise(held)) == 1
    assert len(index.delta.alive) == 400 and index.delta.alive.all()


def test_ids_beyond_63_bits_are_refused(index: Index) -> None:
    """They are kept as signed numbers, and would come back as others."""
    with pytest.raises(DataError) as caught:
        index.add(VECTORS[:2], np.array([5, 2**63], np.uint64))
    assert str(2**63) in caught.value.received and len(index) == 300
    index.add(VECTORS[:1], np.array([2**63 - 1], np.uint64))
    assert index.search(VECTORS[0], 2).ids == ((0, 2**63 - 1),)
