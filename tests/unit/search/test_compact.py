"""Compaction beside changes: nothing acknowledged is lost, and what was removed before it began is erased."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from made_vectors import built, identities

from vandap.search.compact import compact
from vandap.search.index import Index

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
