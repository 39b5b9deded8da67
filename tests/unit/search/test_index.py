from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from made_vectors import built, identities

from vandap.errors import DataError, IndexFolderError, InputError, UsageError
from vandap.search import folder
from vandap.search.compact import compact
from vandap.search.half import HALF
from vandap.search.index import Index
from vandap.search.measure import measure
from vandap.search.searching import Hits

VECTORS = identities(300, 16)
PAYLOAD = pa.table({"year": pa.array(np.arange(300) % 50), "name": [f"p{n}" for n in range(300)]})


def _truth(query: np.ndarray, k: int, rows: np.ndarray | None = None) -> list[int]:
    stored = VECTORS.astype(HALF).astype(np.float32)
    rows = np.arange(len(stored)) if rows is None else rows
    return rows[np.argsort(-(stored[rows] @ query), kind="stable")[:k]].tolist()


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """An exact index of the vectors with payload."""
    return built(tmp_path / "index", VECTORS, payload=PAYLOAD)


def test_the_nearest_are_found(index: Index) -> None:
    """Ids and cosines of the true neighbours, best first; a single vector is one query."""
    found = index.search(VECTORS[:3] * 7, 5)
    assert [list(ids) for ids in found.ids] == [_truth(query, 5) for query in VECTORS[:3]]
    assert index.search(VECTORS[0], 5).ids[0] == found.ids[0]
    assert found.scores[0][0] == pytest.approx(1, abs=1e-3) and list(found.scores[0]) == sorted(found.scores[0])[::-1]


def test_added_vectors_are_found_here_and_elsewhere(index: Index) -> None:
    """By the object that added them, by one opened before after a refresh, and by one opened later."""
    before = Index(index.path)
    late = identities(3, 16, seed=9)
    assert index.add(late, payload={"year": [1, 2, 3]}) == 3
    before.refresh()
    for opened in (index, before, Index(index.path)):
        assert len(opened) == 303
        assert opened.search(late, 1).ids == ((300,), (301,), (302,))
        assert opened.search(late[1], 1, where="year = 2 and name is null").ids == ((301,),)


def test_removed_vectors_are_not_found(index: Index) -> None:
    """Neither here nor after opening again; their ids may be used again."""
    index.remove([0, 5])
    for opened in (index, Index(index.path)):
        assert len(opened) == 298
        assert opened.search(VECTORS[0], 300 - 2).ids[0].count(0) == 0
    index.add(VECTORS[:1], [0])
    assert index.search(VECTORS[0], 1).ids == ((0,),)
    index.remove([0])
    assert 0 not in Index(index.path).search(VECTORS[0], 10).ids[0]


def test_upsert_takes_the_place(index: Index) -> None:
    """The new vector and payload are found under the id, the old ones no more, as often as it is done."""
    for seed in (5, 6):
        other = identities(1, 16, seed=seed)
        index.upsert(other, [7], {"year": [seed]})
        for opened in (index, Index(index.path)):
            assert len(opened) == 300
            assert opened.search(other, 1).ids == ((7,),)
            assert opened.search(VECTORS[7], 300).ids[0].count(7) == 1
            assert opened.search(other, 300, where=f"year = {seed} and name is null").ids == ((7,),)


@pytest.mark.parametrize(
    ("where", "matches"),
    [("year = 3", 6), ("name = 'p5'", 1), ("year < 0", 0), ("year >= 0", 300), ("not year = 3", 294)],
)
def test_a_filter_gives_all_that_match(index: Index, where: str, matches: int) -> None:
    """Never fewer than k when k match, and none that does not."""
    for k in (1, 5, 300):
        (ids,) = index.search(VECTORS[0], k, where=where).ids
        assert len(ids) == min(k, matches) == len(set(ids))


@pytest.mark.parametrize("engine", ["ivf", "hnsw", "lsh", "voyager", "annoy"])
def test_a_filter_gives_k_with_any_engine(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where matches are not looked at one by one, with removed, added and text-named vectors among them."""
    from vandap.search import searching
    from vandap.search.families import engine as named

    if not named(engine).installed:
        pytest.skip("not installed")
    monkeypatch.setattr(searching, "_SCAN_NUMBERS", 0)
    vectors = identities(2500, 16, seed=3)
    names = np.array([f"id{n}" for n in range(2500)])
    payload = pa.table({"part": np.arange(2500) % 100})
    index = built(tmp_path / "index", vectors, engine, ids=names, payload=payload)
    assert index.generation.manifest.engine == engine
    index.remove([f"id{n}" for n in range(0, 2500, 5)])
    index.add(identities(50, 16, seed=4), [f"new{n}" for n in range(50)], {"part": [1] * 50})
    for where, matches in (("part = 1", 75), ("part = 0", 0), ("part < 50 and part != 1", 980), ("part >= 0", 2050)):
        for query in vectors[:5]:
            (ids,) = index.search(query, 60, where=where).ids
            assert len(ids) == min(60, matches) == len(set(ids))


def test_an_empty_filter_is_an_error_whatever_was_asked_before(index: Index) -> None:
    """It is no text for "no filter", not after a search without one either."""
    index.remove([5])
    index.search(VECTORS[0], 1)
    with pytest.raises(UsageError, match="filter"):
        index.search(VECTORS[0], 1, where="")


def test_many_added_vectors_move_into_the_structure(tmp_path: Path) -> None:
    """Beyond a few thousand, added rows are searched by the engine and still found, after opening again too."""
    index = built(tmp_path / "index", identities(1000, 16), "ivf")
    late = identities(5000, 16, seed=8)
    index.add(late)
    for opened in (index, Index(index.path)):
        near = opened.search(late[:50], 1).ids
        assert opened.generation.structure.count == 6000
        assert np.mean([ids == (1000 + n,) for n, ids in enumerate(near)]) > 0.9


def test_compaction_erases(tmp_path: Path) -> None:
    """After it no byte of a removed vector, id or payload is in the folder; all else is found as before."""
    names = np.array([f"person-{n}" for n in range(300)])
    notes = pa.table({"note": [f"note-{n}-" for n in range(300)]})
    index = built(tmp_path / "index", VECTORS, ids=names, payload=notes, rows="half")
    late = identities(2, 16, seed=2)
    index.add(late, ["late-a", "late-b"], {"note": ["note-late-a-", "note-late-b-"]})
    query = np.load(index.generation.home / "truth.npz")["queries"][0]  # of a person who was held out of the build
    asked = index.search(query, 1).ids[0][0]
    index.remove(["person-3", "late-a", asked])
    secrets = [VECTORS[3].astype(HALF).tobytes(), late[0].astype(HALF).tobytes(), query.tobytes()]
    assert all(any(secret in content for content in _contents(index.path)) for secret in secrets)
    secrets += [b"person-3\0", b"late-a", b"note-3-"]
    before = index.search(VECTORS[:20], 10)
    small = compact(index.path, threads=1)
    assert not any(secret in content for content in _contents(index.path) for secret in secrets)
    assert small.search(VECTORS[:20], 10).ids == before.ids
    assert small.search(late[1], 1, where="note = 'note-late-b-'").ids == (("late-b",),)
    assert len(small) == 299 and small.generation.manifest.generation == 2
    index.refresh()
    assert index.generation.manifest.generation == 2


def _contents(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]


def test_exact_search_finds_many_added_vectors(tmp_path: Path) -> None:
    """It reads the generation's rows, which they are not among, however many they are."""
    index = built(tmp_path / "index", identities(1000, 16))
    late = identities(5000, 16, seed=8)
    index.add(late)
    for opened in (index, Index(index.path)):
        assert opened.search(late[:50], 1).ids == tuple((1000 + n,) for n in range(50))


def test_an_emptied_index_says_so_and_can_be_filled(tmp_path: Path) -> None:
    """Every vector removed and compacted: a search says what to do, and adding works."""
    index = built(tmp_path / "index", VECTORS[:20])
    index.remove(list(range(20)))
    with pytest.raises(UsageError, match="so many"):
        index.search(VECTORS[0], 1)
    empty = compact(index.path, threads=1)
    assert len(empty) == 0
    empty.add(VECTORS[:2])
    assert Index(index.path).search(VECTORS[1], 1).ids == ((1,),)


def test_the_recall_can_be_measured_again(tmp_path: Path) -> None:
    """Of an index with changes, without its own queries among their neighbours."""
    index = built(tmp_path / "index", VECTORS)
    index.remove([1, 2, 3])
    index.add(identities(30, 16, seed=2))
    result = measure(index.path, count=50)
    assert result.recall.estimate == 1 and result.recall.queries == 50 and result.kept and result.stored
    assert not measure(index.path, identities(350, 16)[300:]).stored
    with pytest.raises(UsageError, match="cannot be measured with"):
        measure(index.path, count=-5)


def test_repeats_of_a_query_are_no_neighbours_when_recall_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every vector is there five times: a search that finds the repeats and nothing else finds nothing."""
    index = built(tmp_path / "index", np.repeat(VECTORS[:60], 5, axis=0))
    assert measure(index.path, count=50).recall.estimate == 1
    near = Index.rows_near

    def repeats_only(self: Index, queries: np.ndarray, k: int) -> list[Hits]:
        return [Hits(hits.rows[:5], hits.scores[:5]) for hits in near(self, queries, k)]

    monkeypatch.setattr(Index, "rows_near", repeats_only)
    assert measure(index.path, count=50).recall.estimate == 0


@pytest.mark.parametrize(("missed", "kept"), [(0.07, True), (0.5, False)])
def test_a_promise_is_broken_beyond_doubt_or_not_at_all(
    missed: float, kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An estimate a little below the target may be chance, and is no finding."""
    index = built(tmp_path / "index", VECTORS)
    near, draw = Index.rows_near, np.random.default_rng(0)

    def some(self: Index, queries: np.ndarray, k: int) -> list[Hits]:
        found = near(self, queries, k)
        stay = [np.flatnonzero((draw.random(len(hits.rows)) >= missed) | (hits.scores > 0.9)) for hits in found]
        return [Hits(hits.rows[rows], hits.scores[rows]) for hits, rows in zip(found, stay, strict=True)]

    monkeypatch.setattr(Index, "rows_near", some)
    result = measure(index.path, count=100)
    assert result.recall.estimate < result.target and result.kept is kept


def test_a_second_writer_is_refused_and_readers_are_not(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another process holds the lock a change says so, and searching goes on."""
    monkeypatch.setattr(folder, "_PATIENCE", 0.1)
    with folder.writing(index.path):
        for change in (lambda: index.add(VECTORS[:1]), lambda: index.remove([1])):
            with pytest.raises(IndexFolderError, match="writing"):
                change()
        assert index.search(VECTORS[0], 1).ids == ((0,),)
    index.remove([1])


def test_one_compaction_at_a_time(index: Index) -> None:
    """While another process builds or compacts, changes go on and a second compaction is refused."""
    with folder.rebuilding(index.path):
        with pytest.raises(IndexFolderError, match="compacting"):
            compact(index.path)
        index.remove([1])


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda index: index.add(np.full((1, 16), np.nan, np.float32)), DataError),
        (lambda index: index.add(np.zeros((1, 16), np.float32)), DataError),
        (lambda index: index.add(np.ones((1, 17), np.float32)), DataError),
        (lambda index: index.add(np.ones((2, 3, 16), np.float32)), DataError),
        (lambda index: index.add(np.ones((2, 16), np.int64)), DataError),
        (lambda index: index.add(np.ones((2, 16), np.complex64)), DataError),
        (lambda index: index.add([["x"] * 16]), DataError),
        (lambda index: index.add([[1.0] * 16, [1.0] * 15]), DataError),
        (lambda index: index.add([]), DataError),
        (lambda index: index.upsert(np.ones((2, 16), np.int64), [1, 2]), DataError),
        (lambda index: index.search([[1.0] * 16, [1.0] * 15]), DataError),
        (lambda index: index.add(np.ones((2, 16), np.float32), [400]), DataError),
        (lambda index: index.add(np.ones((2, 16), np.float32), [400, 400]), DataError),
        (lambda index: index.add(np.ones((2, 16), np.float32), [400, 3]), DataError),
        (lambda index: index.add(np.ones((1, 16), np.float32), ["text"]), DataError),
        (lambda index: index.add(np.ones((1, 16), np.float32), [1.5]), DataError),
        (lambda index: index.add(np.ones((1, 16), np.float32), payload={"year": ["x"]}), DataError),
        (lambda index: index.add(np.ones((1, 16), np.float32), payload={"what": [1]}), DataError),
        (lambda index: index.remove([400]), DataError),
        (lambda index: index.search(np.ones(17, np.float32)), DataError),
        (lambda index: index.search(np.ones(16, np.int64)), DataError),
        (lambda index: index.search(np.full(16, np.inf, np.float32)), DataError),
        (lambda index: index.search(np.ones(16, np.float32), 301), UsageError),
        (lambda index: index.search(np.ones(16, np.float32), 0), UsageError),
        (lambda index: index.search(np.ones(16, np.float32), 1, where="what = 1"), UsageError),
    ],
)
def test_bad_input_changes_nothing(index: Index, change: object, error: type[InputError]) -> None:
    """One message with its four parts, and the index is as it was."""
    before = _contents(index.path)
    with pytest.raises(error) as caught:
        change(index)  # type: ignore[operator]
    assert all((caught.value.message, caught.value.received, caught.value.expected, caught.value.hint))
    assert _contents(index.path) == before and len(Index(index.path)) == 300


def test_a_full_disk_loses_nothing(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change that cannot be flushed is not acknowledged, not half there, and the next one succeeds."""
    import os

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="space"):
            index.add(VECTORS[:2], [900, 901])
    assert len(Index(index.path)) == 300
    index.add(VECTORS[:2], [900, 901])
    assert len(Index(index.path)) == 302
