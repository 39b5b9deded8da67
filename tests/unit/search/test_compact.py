"""Compaction beside changes: nothing acknowledged is lost, and what was removed before it began is erased."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from made_vectors import built, identities

from vandap.search import build as build_module
from vandap.search import compact as compact_module
from vandap.search import folder as folder_module
from vandap.search.compact import compact
from vandap.search.engines._engine import Job, Structure
from vandap.search.engines.hnsw import Hnsw
from vandap.search.families import row_code
from vandap.search.folder import journal_path, writing
from vandap.search.ids import Ids
from vandap.search.index import Index
from vandap.search.journal import Change

COUNT, COLUMNS = 300, 16
VECTORS = identities(COUNT, COLUMNS)
LATE = identities(400, COLUMNS, seed=3)


def names(first: int, many: int, *, texts: bool) -> list[Any]:
    """Ids in order."""
    return [f"p{number}" if texts else number for number in range(first, first + many)]


class Users:
    """They change an index at random, and know what must be in it."""

    def __init__(self, path: Path, seed: int, *, texts: bool) -> None:
        self.path, self._chance, self._texts = path, np.random.default_rng(seed), texts
        self.known = dict(zip(names(0, COUNT, texts=texts), VECTORS, strict=True))
        self._used = 0

    def some(self) -> list[Any]:
        """Some ids that are there."""
        ids = sorted(self.known)
        return [ids[number] for number in self._chance.choice(len(ids), 5, replace=False)]

    def fresh(self, many: int) -> np.ndarray:
        """Vectors that nobody has given yet."""
        self._used += many
        return LATE[self._used - many : self._used]

    def change(self) -> None:
        """Remove, replace, add, remove and add again."""
        index = Index(self.path, 1)
        gone = self.some()
        index.remove(gone)
        self.known = {name: vector for name, vector in self.known.items() if name not in gone}
        back, other = gone[:2], self.some()
        self.put(index, [*back, *other, *names(1000 + self._used, 4, texts=self._texts)])

    def put(self, index: Index, ids: list[Any]) -> None:
        """Add or replace."""
        vectors = self.fresh(len(ids))
        index.upsert(vectors, ids, {"year": [2000] * len(ids)})
        self.known |= dict(zip(ids, vectors, strict=True))
        self.newest = ids[-1]

    def agree(self, index: Index) -> None:
        """The index holds what they know, each vector under its id."""
        alive = np.flatnonzero(index.delta.alive)
        found = dict(zip(index.delta.ids_of(alive), index.delta.wide(alive), strict=True))
        assert len(alive) == len(index) == len(found) and set(found) == set(self.known)
        for name, vector in self.known.items():
            np.testing.assert_allclose(found[name], vector, atol=2e-2)


def beside(users: Users, at: int) -> Callable[[str, Any], None]:
    """Let users change the index at the so-manieth step of a compaction."""
    steps: list[str] = []

    def say(event: str, data: Any) -> None:
        if event == "stage":
            steps.append(data["title"])
            if len(steps) >= at:
                users.change()

    return say


@pytest.mark.parametrize("texts", [False, True])
@pytest.mark.parametrize("rows", ["half", "8bit"])
def test_changes_go_on_during_a_compaction(rows: str, texts: bool, tmp_path: Path) -> None:
    """Those made at any of its steps are there afterwards, and after the next compaction."""
    payload = pa.table({"year": pa.array(np.arange(COUNT) % 50)})
    index = built(tmp_path / "index", VECTORS, ids=np.array(names(0, COUNT, texts=texts)), payload=payload, rows=rows)
    users = Users(index.path, 1, texts=texts)
    for at in (1, 2):
        users.change()
        after = compact(index.path, 1, beside(users, at))
        assert after.delta.added and after.delta.dead  # they did change it meanwhile
        users.agree(after)
        index.refresh()
        users.agree(index)
        assert index.search(users.known[users.newest], 1, where="year = 2000").ids == ((users.newest,),)
    users.agree(compact(index.path, 1))
    assert not Index(index.path).delta.added


class _KilledError(Exception):
    """Stands for the end of the process."""


def killed_at(stage: str) -> Callable[[str, Any], None]:
    """End a compaction where this stage begins."""

    def say(event: str, data: Any) -> None:
        if event == "stage" and data["title"].startswith(stage):
            raise _KilledError

    return say


def test_a_cut_compaction_goes_on_unless_something_was_removed(tmp_path: Path) -> None:
    """After additions it goes on with the state that it began with; after a removal, anew, for that must be erased."""
    index = built(tmp_path / "index", VECTORS, rows="half")
    users = Users(index.path, 1, texts=False)
    users.known.pop(3)
    index.remove([3])

    def again() -> tuple[Index, bool]:
        said: list[str] = []
        made = compact(index.path, 1, lambda event, data: said.append(str(data)) if event == "note" else None)
        return made, any("going on" in text for text in said)

    with pytest.raises(_KilledError):
        compact(index.path, 1, killed_at("tuning"))
    users.known[5000] = LATE[0]
    index.add(LATE[:1], [5000])
    after, went_on = again()
    assert went_on and after.delta.added == 1
    users.agree(after)

    with pytest.raises(_KilledError):
        compact(index.path, 1, killed_at("tuning"))
    index.remove([5000])
    users.known.pop(5000)
    after, went_on = again()
    assert not went_on and not after.delta.added and not after.delta.dead
    users.agree(after)
    assert not any(LATE[:1].astype(np.float16).tobytes() in file.read_bytes() for file in index.path.rglob("*.*"))


def test_a_compaction_does_not_hold_the_old_structure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It needs the rows only; the memory is the new structure's."""
    index = built(tmp_path / "index", VECTORS, "hnsw")
    loaded, plain = [], Hnsw.load

    def load(self: Hnsw, path: Path, job: Job) -> Structure:
        loaded.append(path.parent.name)
        return plain(self, path, job)

    monkeypatch.setattr(Hnsw, "load", load)
    small = compact(index.path, 1)
    assert not loaded
    small.search(VECTORS[0], 1)
    assert loaded == ["generation-000002"]


def test_a_compaction_removes_nothing_while_others_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the build leaves goes before it takes the writer's lock, the old generation after; ids are sorted before."""
    index = built(tmp_path / "index", VECTORS, "ivf")
    index.remove([3])
    removed: list[str] = []

    def free(what: str) -> None:
        with writing(index.path, patience=0.0):
            removed.append(what)

    plain, read = folder_module.remove, Ids._order.func
    for module in (folder_module, build_module):
        monkeypatch.setattr(module, "remove", lambda path: (free(path.name), plain(path)))
    sort = cached_property(lambda self: (free("sort"), read(self))[1])
    sort.__set_name__(Ids, "_order")
    monkeypatch.setattr(Ids, "_order", sort)
    gone = iter([5])
    made = compact(index.path, 1, lambda event, data: [index.remove([name]) for name in gone] and None)
    assert len(made) == 298 and made.delta.dead == 1
    assert {"sort", "generation-000001", "journal-000001.log"} < set(removed)
    assert not (index.path / "generation-000001").exists()


def test_what_is_taken_back_while_a_compaction_begins_is_not_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record that another writer cannot flush was read; the next one, which is acknowledged, is carried over."""
    index = built(tmp_path / "index", VECTORS, rows="half")
    users = Users(index.path, 1, texts=False)
    path = journal_path(index.path, 1)
    plain, waits = folder_module.writing, Event()
    index.add(LATE[:9], list(range(900, 909)))
    unflushed = path.read_bytes()
    path.write_bytes(b"")

    def other() -> None:
        with plain(index.path):
            path.write_bytes(unflushed)
            begun.set()
            waits.wait(60)
            path.write_bytes(b"")
            Index(index.path)._write(Change(np.zeros(0, np.int64), (950,), row_code("half").pack(LATE[:1])))

    @contextmanager
    def waiting(folder: Path, **more: Any) -> Iterator[None]:
        waits.set()
        with plain(folder, **more):
            yield

    begun, writer = Event(), Thread(target=other)
    writer.start()
    begun.wait(60)
    monkeypatch.setattr(compact_module, "writing", waiting)
    made = compact(index.path, 1)
    writer.join()
    users.known[950] = LATE[0]
    users.agree(made)
