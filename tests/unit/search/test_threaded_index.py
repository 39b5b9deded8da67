"""One index that threads search and change at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from made_vectors import built, identities

from vandap.search import delta as delta_module
from vandap.search import folder, searching
from vandap.search import index as index_module
from vandap.search.compact import compact
from vandap.search.delta import Delta
from vandap.search.engines._engine import Allowed
from vandap.search.found import Found
from vandap.search.index import Index
from vandap.search.searching import Searcher

VECTORS = identities(1000, 16)
LATE = identities(2000, 16, seed=8)
MORE = np.tile(VECTORS, (5, 1))
PAYLOAD = pa.table({"year": pa.array(np.arange(1000) % 50)})


def _in_between(index: Index, change: Callable[[Index], object]) -> tuple[Callable[[], None], Callable[[], None]]:
    """What begins a change in another thread, once, and waits until it is made or waits itself; what waits for it."""
    thread = threading.Thread(target=change, args=(index,))

    def begin() -> None:
        with suppress(RuntimeError):  # it was begun before
            thread.start()
        while thread.is_alive() and not index._gate._door.locked():
            time.sleep(0.001)

    return begin, thread.join


def _compacted(index: Index) -> None:
    compact(index.path, 1)
    index.refresh()


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(
    "change", [lambda index: index.add(MORE), lambda index: index.remove(list(range(100, 200))), _compacted]
)
def test_a_search_sees_no_change_that_comes_in_between(
    change: Callable[[Index], object], moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither half of one, nor one generation's rows under another's ids; the change is there afterwards."""
    index = built(tmp_path / "index", VECTORS, "ivf")
    index.remove(list(range(50)))
    (begin, end), expected, plain = _in_between(index, change), index.search(VECTORS[:200], 5), Searcher.search

    def meanwhile(self: Searcher, *given: Any) -> object:
        if moment == "before":
            begin()
        found = plain(self, *given)
        if moment == "after":
            begin()
        return found

    with monkeypatch.context() as patched:
        patched.setattr(Searcher, "search", meanwhile)
        assert index.search(VECTORS[:200], 5).ids == expected.ids
    end()
    opened = Index(index.path)
    assert len(index) == len(opened) and index.search(VECTORS[:200], 5).ids == opened.search(VECTORS[:200], 5).ids


def test_a_filter_is_not_kept_beyond_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vector that is removed while the filter is evaluated is not found by it for ever after."""
    index = built(tmp_path / "index", VECTORS, payload=PAYLOAD)
    plain, (begin, end) = Allowed.__init__, _in_between(index, lambda index: index.remove([3]))

    def meanwhile(self: Allowed, mask: np.ndarray) -> None:
        plain(self, mask)
        begin()

    with monkeypatch.context() as patched:
        patched.setattr(Allowed, "__init__", meanwhile)
        index.search(VECTORS[3], 1, where="year = 3")
    end()
    assert index.search(VECTORS[3], 1, where="year = 3").ids != ((3,),)


def test_an_evaluated_filter_has_its_bits(tmp_path: Path) -> None:
    """An engine points into them: made twice, by two threads, those that it points into could be gone."""
    index = built(tmp_path / "index", VECTORS, payload=PAYLOAD)
    allowed = index._allowed("year = 3")
    assert allowed is not None and "bits" in vars(allowed) and index._allowed("year = 3") is allowed


def test_searches_do_not_wait_for_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two are inside at once, or none would come out; so are two that evaluate filters."""
    index = built(tmp_path / "index", VECTORS, payload=PAYLOAD)
    both = threading.Barrier(2, timeout=60)
    plain, filtered = Searcher.search, index_module.matching

    def together(*given: Any) -> Any:
        both.wait()
        return (filtered if len(given) == 2 else plain)(*given)

    monkeypatch.setattr(Searcher, "search", together)
    monkeypatch.setattr(index_module, "matching", together)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda year: index.search(VECTORS[year], 1, where=f"year = {year}").ids, (3, 4)))
    assert found == [((3,),), ((4,),)]


def test_changes_of_one_object_wait_for_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long they take: a lock that another process holds is waited for a few seconds only."""
    monkeypatch.setattr(folder, "_PATIENCE", 0.0)
    index = built(tmp_path / "index", VECTORS)
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda first: index.add(LATE[first : first + 10]), range(0, 400, 10)))
    assert sum(added) == 400 and len(index) == len(Index(index.path)) == 1400
    assert sorted(ids[0] for ids in index.search(LATE[:400], 1).ids) == list(range(1000, 1400))


@pytest.mark.parametrize("change", [lambda index: index.add(LATE[:1]), Index.refresh, Index.check])
def test_who_holds_an_index_steady_cannot_change_it(change: Callable[[Index], object], tmp_path: Path) -> None:
    """It is told so, before anything is written, and does not wait for itself."""
    index = built(tmp_path / "index", VECTORS)
    with index.steady(), index.steady():
        with pytest.raises(RuntimeError, match="steady"):
            change(index)
        assert index.search(VECTORS[7], 1).ids == ((7,),)
    change(index)
    assert len(index) == len(Index(index.path))


@pytest.mark.parametrize("again", [lambda index: index.add(LATE[1:2], [901_000]), Index.refresh])
def test_a_change_that_was_interrupted_is_made_good(
    again: Callable[[Index], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is in the journal and was not taken in: rows would have other numbers here than there ever after."""
    index = built(tmp_path / "index", VECTORS)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Delta, "take", interrupted)
        index.add(LATE[:1], [900_000])
    again(index)
    index.upsert(LATE[2:3], [900_000])
    for opened in (index, Index(index.path)):
        assert len(opened) == len(Index(index.path))
        assert opened.search(LATE[2], 1).ids == ((900_000,),)
        assert opened.search(LATE[1], 1).ids == ((901_000,),) or again is Index.refresh


_ADDERS, _EACH, _AT_A_TIME = 2, 600, 25


@pytest.mark.parametrize("engine", ["exact", "ivf", "hnsw", "voyager"])
def test_threads_that_search_and_change_at_once(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every hit is of a vector with this id and this cosine, and in the end all is there that should be.

    Some threads add, and remove a part of what they added; one compacts and refreshes; others search, some under a
    filter. The structure takes in what was added every few additions.
    """
    monkeypatch.setattr(delta_module, "_FOLD", 100)
    monkeypatch.setattr(searching, "_SCAN_NUMBERS", 0)
    vectors = np.concatenate([VECTORS, LATE[: _ADDERS * _EACH]])
    index = built(tmp_path / "index", VECTORS, engine, payload=PAYLOAD, rows="half")
    done, wrong = threading.Event(), list[str]()

    def change(adder: int) -> None:
        for start in range(1000 + adder * _EACH, 1000 + (adder + 1) * _EACH, _AT_A_TIME):
            ids = list(range(start, start + _AT_A_TIME))
            index.add(vectors[ids], ids, {"year": [n % 50 for n in ids]})
            index.remove(ids[::5])

    def tidy() -> None:
        other = Index(index.path, 1)
        while not done.is_set():
            other.refresh()
            _compacted(index)

    def search(seed: int) -> None:
        draw = np.random.default_rng(seed)
        while not done.is_set():
            asked, year = draw.integers(0, len(vectors), 4), int(draw.integers(50))
            for where in (None, f"year = {year}"):
                wrong.extend(_wrong(index.search(vectors[asked], 5, where), vectors, vectors[asked], where and year))

    with ThreadPoolExecutor(16) as pool:
        beside = [pool.submit(tidy), *(pool.submit(search, seed) for seed in range(3))]
        try:
            for adder in [pool.submit(change, number) for number in range(_ADDERS)]:
                adder.result()
        finally:
            done.set()
        for thread in beside:
            thread.result()
    assert not wrong
    expected = [n for n in range(len(vectors)) if n < 1000 or n % _AT_A_TIME % 5]
    for opened in (index, Index(index.path)):
        assert sorted(opened.delta.ids_of(np.flatnonzero(opened.delta.alive))) == expected


def _wrong(found: Found, vectors: np.ndarray, queries: np.ndarray, year: int | None) -> list[str]:
    """What is wrong with hits: another vector's cosine, an id twice, or one that does not match."""
    said = []
    for query, ids, scores in zip(queries, found.ids, found.scores, strict=True):
        places = np.array(ids, np.int64)
        if not np.allclose(vectors[places] @ query, scores, atol=2e-3):
            said.append(f"{ids}: {scores}")
        if len(set(ids)) < len(ids) or (year is not None and (places % 50 != year).any()):
            said.append(f"{ids} of year {year}")
    return said
