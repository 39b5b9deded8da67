"""What changed since the generation was built: rows added, rows gone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from vandap.errors import DataError
from vandap.search.generation import Generation
from vandap.search.ids import shown
from vandap.search.journal import Change

_FOLD = 4096
"""Added rows are looked at one by one until there are this many; then the structure takes them in, if it can grow."""
_PIECE = 512
"""So many at a time: searches of other threads wait as long as that takes."""
_LEAST = 64
"""Added rows that there is room for from the first one on."""


class Delta:
    """The generation's rows and the added ones under one numbering; the added ones come after.

    Args:
        generation: What was built.
    """

    def __init__(self, generation: Generation) -> None:
        self._built = generation
        self.first = generation.rows.count
        self.added = 0
        self._highest_added = -1
        self._alive = np.ones(self.first, bool)
        self.dead = 0
        self.count = self.first
        """Rows that are there; counted when a change is in, so that who looks meanwhile sees no half of one."""
        self.code, self.columns = generation.rows.code, generation.rows.columns
        self._rows = np.zeros((0, self.code.width(self.columns)), np.uint8)
        self._ids: list[int | str] = []
        self._row_of: dict[int | str, int] = {}
        self._payload: list[pa.Table] = []

    @cached_property
    def _highest_built(self) -> int:
        ids = self._built.ids
        return -1 if ids.texts else int(ids.values.max(initial=-1))

    @property
    def highest(self) -> int:
        """The highest id that there ever was in this generation; -1 for none, or where ids are texts."""
        return max(self._highest_built, self._highest_added)

    @property
    def alive(self) -> np.ndarray:
        """Whether each row is there."""
        return self._alive[: self.total]

    @property
    def total(self) -> int:
        """Rows, dead ones included."""
        return self.first + self.added

    @property
    def held(self) -> int:
        """Rows that the structure holds; the others are looked at one by one."""
        return self._built.structure.count

    def check(self, change: Change) -> None:
        """Refuse a change that this generation could not take in, before it is in the journal for good.

        Raises:
            DataError: Its rows are packed in another form.
        """
        width = self.code.width(self.columns)
        if len(change.ids) and change.rows.shape != (len(change.ids), width):
            raise DataError(
                "The rows do not fit this generation of the index.",
                received=f"records of shape {change.rows.shape}",
                expected=f"shape {(len(change.ids), width)}: {self.code.title}, {self.columns} numbers in a vector",
                hint="Open the index again.",
            )

    def take(self, change: Change) -> None:
        """Take in a change."""
        self.dead += int(self.alive[change.gone].sum())
        self.alive[change.gone] = False
        for row in change.gone[change.gone >= self.first]:
            identity = self._ids[row - self.first]
            if self._row_of.get(identity) == row:
                del self._row_of[identity]
        if len(change.ids):
            self._append(change)
        self.count = self.total - self.dead

    def _append(self, change: Change) -> None:
        first, many = self.total, len(change.ids)
        self._rows = _with_room(self._rows, self.added, many)
        self._rows[self.added : self.added + many] = change.rows
        self._alive = _with_room(self._alive, first, many)
        self._alive[first : first + many] = True
        self._ids.extend(change.ids)
        self._highest_added = max(self._highest_added, *(name for name in change.ids if isinstance(name, int)), -1)
        self._row_of.update(zip(change.ids, range(first, first + many), strict=True))
        if change.payload:
            with pa.ipc.open_stream(change.payload) as stream:
                self._payload.append(stream.read_all())
        self.added += many  # at last: until then nobody looks at them, whatever ends it early

    @property
    def waits(self) -> bool:
        """Whether the structure was read, can grow, and should take in added rows, since they are many.

        One that reads the generation's own rows would not find them: they are not among these.
        """
        if self.added < _FOLD or not self._built.loaded:
            return False
        structure = self._built.structure
        can = structure.grows and not self._built.engine.sorts and structure.count >= self.first
        return can and self.total - structure.count >= _FOLD

    def fold(self) -> bool:
        """Let the structure take in some of the rows that wait; whether there are more."""
        structure = self._built.structure
        first = structure.count - self.first
        structure.add(self.code.unpack(self._rows[first : min(first + _PIECE, self.added)], self.columns))
        return structure.count < self.total

    def rows_of(self, ids: Sequence[int | str]) -> np.ndarray:
        """Row numbers of ids, int64; -1 for one that is not there."""
        rows = self._built.ids.rows_of(ids)
        known = np.flatnonzero(rows >= 0)
        rows[known[~self.alive[rows[known]]]] = -1
        for place, identity in enumerate(ids):
            rows[place] = self._row_of.get(identity, rows[place])
        return rows

    def ids_of(self, rows: np.ndarray) -> list[int | str]:
        """Ids of rows."""
        if not self.added or rows.max(initial=-1) < self.first:
            return self._built.ids.of(rows)
        return [
            shown(self._built.ids.values[row]) if row < self.first else self._ids[row - self.first]
            for row in rows.tolist()
        ]

    def gather(self, rows: np.ndarray) -> np.ndarray:
        """Records by number."""
        if not self.added or rows.max(initial=-1) < self.first:
            return self._built.rows.gather(rows)
        found = np.empty((len(rows), self._rows.shape[1]), np.uint8)
        late = rows >= self.first
        found[~late] = self._built.rows.gather(rows[~late])
        found[late] = self._rows[rows[late] - self.first]
        return found

    def wide(self, rows: np.ndarray) -> np.ndarray:
        """Rows by number as float32."""
        return self.code.unpack(self.gather(rows), self.columns)

    def scores(self, query: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Exact cosines of one query with rows by number."""
        return self.products(query[None], rows)[0]

    def products(self, queries: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Exact cosines of queries with rows by number, shape (queries, rows)."""
        return self.code.scores(self.gather(rows), queries)

    @property
    def payload(self) -> pa.Table:
        """Payload of all rows, dead ones included."""
        return pa.concat_tables([self._built.payload, *self._payload])

    def live_ids(self) -> Any:
        """Ids of the rows that are there, in order, as they are stored."""
        built = self._built.ids.values[self.alive[: self.first]]
        late = [identity for identity, alive in zip(self._ids, self.alive[self.first :], strict=True) if alive]
        if not late:
            return built
        texts = self._built.ids.texts
        return np.concatenate([built, np.array([str(item).encode() for item in late]) if texts else np.array(late)])


def _with_room(held: np.ndarray, used: int, many: int) -> np.ndarray:
    """An array that has room for so many more items after the used ones; twice as large where it is not the same."""
    if used + many <= len(held):
        return held
    grown = np.zeros((max(2 * len(held), used + many, _LEAST), *held.shape[1:]), held.dtype)
    grown[:used] = held[:used]
    return grown
