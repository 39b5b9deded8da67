"""When an index reads its engine's structure, and when that takes in what was added."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from made_vectors import built, identities

from vandap.errors import IndexFolderError
from vandap.search import delta as delta_module
from vandap.search import folder
from vandap.search import index as index_module
from vandap.search import rows as rows_module
from vandap.search.api import add_vectors, remove_ids
from vandap.search.compact import compact
from vandap.search.delta import Delta
from vandap.search.describe import document, text
from vandap.search.engines._engine import Engine
from vandap.search.families import engine as named
from vandap.search.generation import ENGINE
from vandap.search.index import Index
from vandap.search.measure import measure
from vandap.search.rows import Rows

VECTORS = identities(1000, 16)
LATE = identities(2000, 16, seed=8)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    """An index of lists that takes added rows in by hundreds, a hundred at a time."""
    monkeypatch.setattr(delta_module, "_FOLD", 300)
    monkeypatch.setattr(delta_module, "_PIECE", 100)
    return built(tmp_path / "index", VECTORS, "ivf")


def test_what_is_no_search_reads_no_structure(index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much was added: neither a change, nor what is told of the index."""

    def load(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(type(named("ivf")), "load", load)
    np.save(tmp_path / "late.npy", LATE)
    assert add_vectors(index.path, tmp_path / "late.npy") == 2000
    assert remove_ids(index.path, ["7", "1500"]) == 2
    index.add(LATE[:1])
    assert text(Index(index.path)) and document(Index(index.path))["count"] == 2999
    with pytest.raises(AssertionError):
        index.search(VECTORS[0], 1)


def test_the_first_search_after_a_change_lets_the_structure_take_it_in(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it, while other processes may write."""
    fold, folds = Delta.fold, list[bool]()

    def told(self: Delta) -> bool:
        with folder.writing(index.path, patience=0.0):
            folds.append(fold(self))
        return folds[-1]

    monkeypatch.setattr(Delta, "fold", told)
    index.search(VECTORS[0], 1)
    index.add(LATE[:299])
    index.search(VECTORS[0], 1)
    index.add(LATE[299:950])
    assert not folds and index.generation.structure.count == 1000
    assert index.search(LATE[:950:50], 1).ids == tuple((1000 + n,) for n in range(0, 950, 50))
    assert len(folds) == 10 and index.generation.structure.count == 1950
    opened = Index(index.path)
    opened.ready()
    assert opened.generation.structure.count == 1950
    assert opened.search(LATE[:950], 1).ids == index.search(LATE[:950], 1).ids


def test_searches_come_in_between_the_pieces(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what the structure holds then, and the rest looked at one by one."""
    index.ready()
    index.add(LATE[:1000])
    held, expected = list[int](), tuple((1000 + n,) for n in range(0, 1000, 100))
    sleep, main = index_module.time.sleep, threading.get_ident()

    def between(seconds: float) -> None:
        sleep(seconds)
        if threading.get_ident() == main:
            with monkeypatch.context() as patched, index._gate.spare(), ThreadPoolExecutor(1) as pool:
                patched.setattr(index_module, "_TURN", 0.0)
                held.append(index.generation.structure.count)
                assert pool.submit(index.search, LATE[:1000:100], 1).result(60).ids == expected

    monkeypatch.setattr(index_module.time, "sleep", between)
    assert index.search(LATE[:1000:100], 1).ids == expected
    assert held == list(range(1100, 2001, 100))


def test_a_search_does_not_wait_for_a_change_to_take_in_what_waits(index: Index) -> None:
    """Which may take long: it waits for the disk, or for another process. One thread folds; others go on."""
    index.ready()
    index.add(LATE[:1000])
    with ThreadPoolExecutor(1) as pool, index._gate.changing():
        assert pool.submit(index.search, LATE[:5], 1).result(60).ids == tuple((1000 + n,) for n in range(5))
        assert index.generation.structure.count == 1000
    index.search(LATE[0], 1)
    assert index.generation.structure.count == 2000


def test_one_thread_reads_the_structure(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others wait for it: two of them would take twice the memory."""
    load, loads = type(named("ivf")).load, list[int]()

    def slow(self: Engine, *given: object) -> object:
        loads.append(1)
        index_module.time.sleep(0.2)
        return load(self, *given)

    monkeypatch.setattr(type(named("ivf")), "load", slow)
    start = threading.Barrier(4, timeout=60)

    def search(number: int) -> tuple[int | str, ...]:
        start.wait()
        return index.search(VECTORS[number], 1).ids[0]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(search, range(4))) == [(0,), (1,), (2,), (3,)]
    assert len(loads) == 1


@pytest.mark.parametrize("ask", [Index.search, Index.rows_near])
def test_a_search_outlives_a_compaction_that_came_before_it(ask: Callable[..., object], index: Index) -> None:
    """The structure that it would have read is gone: it goes on with the next one."""
    held = Index(index.path)
    held.remove([3])
    compact(index.path, 1)
    with held.steady():
        ask(held, VECTORS[:2], 1)
    assert held.generation.manifest.generation == 2 and held.search(VECTORS[3], 1).ids != ((3,),)


def test_what_is_opened_anew_is_ready_before_searches_see_it(index: Index) -> None:
    """After a refresh; a change does not wait for that."""
    for change, loaded in ((lambda: index.refresh(), True), (lambda: index.remove([5]), False)):
        index.search(VECTORS[0], 1)
        compact(index.path, 1)
        change()
        assert index.generation.loaded is loaded
    assert index.search(VECTORS[5], 1).ids != ((5,),)


def test_a_recall_is_measured_on_one_state(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is removed and compacted away before its first search is still looked for, and found."""
    from vandap.search import measure as measure_module

    plain = measure_module.true_scores

    def meanwhile(*given: object) -> np.ndarray:
        index.remove(list(range(100, 1000)))
        compact(index.path, 1)
        return plain(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(measure_module, "true_scores", meanwhile)
    assert measure(index.path, count=200).recall.estimate > 0.9


def test_a_structure_that_cannot_be_read_is_told_and_stays_so(index: Index) -> None:
    """Whoever searches, and however often; what needs no structure goes on."""
    path = index.generation.home / ENGINE
    path.write_bytes(bytes(path.stat().st_size))
    held = Index(index.path)
    for _ in range(2):
        with pytest.raises(IndexFolderError, match="engine"):
            held.search(VECTORS[0], 1)
    held.add(LATE[:1])
    path.unlink()
    with pytest.raises(IndexFolderError):
        held.search(VECTORS[0], 1)
    assert len(held) == 1001


def test_rows_are_mapped_beforehand_where_that_is_asked_for(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, and again when a compaction has made a new generation; not for the one search of a command."""
    told, populate = list[Rows](), Rows.populate

    def noted(rows: Rows) -> None:
        told.append(rows)
        populate(rows)

    monkeypatch.setattr(Rows, "populate", noted)
    expected = index.search(VECTORS[:5], 3).ids
    assert not told
    index.ready(rows=True)
    assert told == [index.generation.rows] and index.search(VECTORS[:5], 3).ids == expected
    index.remove([int(expected[0][2])])
    compact(index.path)
    index.refresh()
    assert told[1:] == [index.generation.rows]


@pytest.mark.skipif(sys.platform != "linux", reason="maps pages by a call of Linux")
def test_a_system_that_cannot_map_beforehand_goes_on(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older kernel refuses the call, and rows that the memory does not hold are left where they are."""
    monkeypatch.setattr(rows_module, "_POPULATE_READ", -1)
    index.generation.rows.populate()
    monkeypatch.setattr(rows_module, "memory_bytes", lambda: 1)
    monkeypatch.setattr(rows_module, "_POPULATE_READ", "never given to the system")
    index.generation.rows.populate()
