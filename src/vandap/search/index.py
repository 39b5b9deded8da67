"""An index: open, search, add, remove, measure."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from vandap.errors import IndexFolderError, UsageError
from vandap.search.check import check_columns, float_rows, unit_vectors
from vandap.search.delta import Delta
from vandap.search.engines._engine import Allowed
from vandap.search.filters import Filters
from vandap.search.folder import check_files, journal_path, missing_is_damaged, stamp, sweep, writing
from vandap.search.found import Found
from vandap.search.gate import Gate
from vandap.search.generation import Generation, open_generation
from vandap.search.journal import Change, Journal
from vandap.search.naming import checked_ids, next_ids, refuse_known, refuse_missing
from vandap.search.payload import streamed, table_of
from vandap.search.searching import Clock, Hits, Searcher
from vandap.search.threads import threads_of
from vandap.search.where import matching, parse

_BATCH = 8192
"""Rows a journal record takes: the part of a large addition that is acknowledged, or lost, as a whole."""
_TURN = 0.001
"""Seconds that a thread which folds leaves to those who wait at the door: else it may be the first one in again."""
_UNKNOWN = (-1, -1)
"""Of no manifest: what is open here may not be what the files say, and must be opened again."""


class Index:
    """A searchable index of vectors.

    Any number of processes may search; one at a time may change it. What was added or removed is on the disk when the
    call returns.

    One object may be shared by any number of threads. Searches run side by side, and each sees the index as it was
    before a change or as it is after it, never in between. Changes and `refresh` follow one another, however long one
    takes; while they read, pack and write, searches go on, and only what is in memory is changed while none is under
    way: it waits for those that are, and those that come meanwhile wait for it. Who looks at rows by number holds the
    index `steady`.

    The first search reads the engine's structure; `ready` does so before it.

    Args:
        path: The folder.
        threads: Threads of a search; all cores when left out.

    Raises:
        IndexFolderError: No index, a damaged one, or one of a newer version.
        UsageError: Less than one thread.

    Example:
        >>> index = Index("faces")  # doctest: +SKIP
        >>> index.search(vector, k=10, where="city = 'Hue'").ids  # doctest: +SKIP
    """

    def __init__(self, path: str | Path, threads: int | None = None) -> None:
        self.path = Path(path)
        self._threads = threads_of(threads)
        self._gate, self._filters, self._loading = Gate(), Filters(), Lock()
        self._searches = False
        """Whether it is used for searches: what is opened anew is then made ready for them first."""
        self._maps = False
        """Whether the rows, too, are to be mapped before they are searched."""
        self._open()

    def _open(self, *, load: bool = False) -> None:
        """Open what holds now; a compaction may end meanwhile and take the files away.

        Args:
            load: Make it ready for searches as well, before they see it.
        """
        while True:
            seen = stamp(self.path)
            try:
                with missing_is_damaged(self.path):
                    self._open_once(load=load)
            except (OSError, IndexFolderError):
                if stamp(self.path) != seen:
                    continue
                raise
            self._seen = seen
            return

    def _open_once(self, *, load: bool) -> None:
        """Everything, or nothing: what was open stays open where this fails."""
        generation = open_generation(self.path, self._threads)
        number = generation.manifest.generation
        journal, delta = Journal(journal_path(self.path, number), number), Delta(generation)
        for change in journal.read():
            delta.take(change)
        if load:
            _ = generation.structure
            if self._maps:
                generation.rows.populate()
            more = delta.waits
            while more:
                more = delta.fold()
        with self._gate.alone():
            self._generation, self._journal, self._delta = generation, journal, delta
            self._filters.clear()

    @contextmanager
    def _taking(self) -> Iterator[Callable[[Change], None]]:
        """Take in what is in the journal.

        Whatever ends it early, the index is opened again before the next change: rows might have other numbers here
        than in the journal.
        """
        seen, self._seen = self._seen, _UNKNOWN
        yield self._take
        self._seen = seen

    def _take(self, change: Change) -> None:
        with self._gate.alone():
            self._delta.take(change)
            self._filters.clear()

    def refresh(self) -> None:
        """See what other processes have changed since."""
        with self._gate.changing():
            self._catch_up(load=self._searches)

    def _catch_up(self, *, load: bool) -> None:
        """See it, as the only one who changes something; `load` what was built anew."""
        with suppress(FileNotFoundError):  # the journal of a generation that was just replaced
            if stamp(self.path) == self._seen and not self._journal.rewound:
                with self._taking() as take:
                    for change in self._journal.read():
                        take(change)
                return
        self._open(load=load)

    def ready(self, *, rows: bool = False) -> None:
        """Have in memory all that a search needs; else the first search sees to it.

        The engine's structure is read, and takes in what was added since, where that is much: a piece at a time, so
        that searches of other threads come in between. They do without what it has not taken in yet.

        Args:
            rows: Map the vectors as well, now and whenever the index is opened anew, where they fit in half the memory:
                for a process that answers many queries. Their whole file is read where it is not in the page cache.

        Raises:
            IndexFolderError: The engine cannot read its file.
        """
        if self._gate.inside:
            return  # it was when this thread came in
        self._searches = True
        if rows:
            self._maps = True
            self._generation.rows.populate()
        while not self._generation.loaded:
            self._load()
        delta = self._delta
        more = delta.waits
        while more:
            with self._gate.spare() as is_mine:
                if not is_mine or delta is not self._delta:  # another thread folds, or changes something
                    return
                with self._taking(), self._gate.alone():
                    more = delta.fold()
            time.sleep(_TURN)

    def _load(self) -> None:
        """Read the structure of what is open, in one thread; a compaction may have taken its file away."""
        generation, seen = self._generation, self._seen
        try:
            with self._loading, missing_is_damaged(self.path):
                _ = generation.structure
        except (OSError, IndexFolderError):
            if self._generation is generation and stamp(self.path) == seen:
                raise
            self.refresh()

    @contextmanager
    def steady(self) -> Iterator[None]:
        """Keep the index as it is: rows keep their numbers and their generation, and what would change it waits.

        Raises:
            IndexFolderError: The engine cannot read its file.
            RuntimeError: By what would change it, in the same thread, meanwhile.
        """
        while True:
            self.ready()
            with self._gate.together():
                if self._generation.loaded:  # or another thread has opened the next one before we came in
                    yield
                    return

    @property
    def generation(self) -> Generation:
        """What was built."""
        return self._generation

    @property
    def delta(self) -> Delta:
        """What changed since."""
        return self._delta

    def check(self) -> None:
        """Read every file and compare it with its checksum; if a compaction ends meanwhile, those of its generation.

        Raises:
            IndexFolderError: One was changed.
        """
        while True:
            with self._gate.changing():
                seen, manifest = self._seen, self._generation.manifest
            try:
                check_files(self.path, manifest, contents=True)
                return
            except (OSError, IndexFolderError):
                if stamp(self.path) == seen:
                    raise
                self.refresh()

    def __len__(self) -> int:
        return self._delta.count

    @property
    def columns(self) -> int:
        """Numbers in a vector."""
        return self._generation.manifest.columns

    def search(self, queries: np.ndarray, k: int | None = None, where: str | None = None) -> Found:
        """The k nearest vectors by cosine.

        Args:
            queries: One vector, or shape (queries, columns).
            k: How many; the k that the index was tuned for when left out, or all where there are fewer. With a filter
                fewer may match.
            where: A filter over payload columns.

        Raises:
            DataError: Queries of another width, or not finite.
            UsageError: k is larger than the index, or the filter cannot be evaluated.
        """
        with self.steady():
            clock = Clock()
            wanted = self._unit_queries(queries)
            usual = max(1, min(self._generation.manifest.target.k, len(self)))
            k = self._usable_k(usual if k is None else k)
            found = self._searcher().search(wanted, k, self._allowed(where), clock)
            ids = tuple(tuple(self._delta.ids_of(hits.rows)) for hits in found)
        scores = tuple(tuple(hits.scores.tolist()) for hits in found)
        parts = {"total": clock.total, "candidates": clock.candidates, "rerank": clock.rerank}
        return Found(ids, scores, {name: 1000 * seconds for name, seconds in parts.items()})

    def rows_near(self, queries: np.ndarray, k: int) -> list[Hits]:
        """The k nearest rows by row number, for measurements.

        Args:
            queries: Unit vectors, float32, shape (queries, columns).
            k: How many.
        """
        with self.steady():
            return self._searcher().search(queries, k, self._allowed(None), Clock())

    def _searcher(self) -> Searcher:
        manifest = self._generation.manifest
        structure, threads = self._generation.structure, self._threads
        return Searcher(structure, self._delta, manifest.setting, manifest.filters, manifest.target.k, threads)

    def _unit_queries(self, queries: np.ndarray) -> np.ndarray:
        rows = float_rows(queries, self.columns, "This is no query.")
        check_columns(rows.shape[1], self.columns)
        return unit_vectors(rows)

    def _usable_k(self, k: int) -> int:
        if not 1 <= k <= len(self):
            raise UsageError(
                "The index does not hold so many vectors." if k > 0 else "The number of neighbours is not usable.",
                received=f"k = {k}",
                expected=f"1 to {len(self)}" if len(self) else "an index that is not empty",
                hint="Ask for fewer." if len(self) else "Every vector was removed; add some first.",
            )
        return k

    def _allowed(self, where: str | None) -> Allowed | None:
        if where is None:
            return self._filters.of(None, self._delta.alive.copy) if self._delta.dead else None
        return self._filters.of(where, lambda: matching(parse(where), self._delta.payload) & self._delta.alive)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._gate.changing(), writing(self.path):
            self._catch_up(load=False)  # nobody waits for an engine to be read before a change
            yield
        sweep(self.path, self._generation.manifest.generation)

    def add(
        self,
        vectors: np.ndarray,
        ids: Sequence[Any] | None = None,
        payload: Mapping[str, Sequence[Any]] | None = None,
        first: int = 0,
    ) -> int:
        """Add vectors whose ids are new. On the disk when it returns.

        Args:
            vectors: Floats, shape (vectors, columns).
            ids: Their ids; the numbers after the highest one when left out.
            payload: Values of payload columns; what is left out is missing.
            first: Number of the first vector, for messages, where these are a part of many.

        Returns:
            How many were added.

        Raises:
            DataError: Vectors, ids or payload that do not fit, or an id that is there already; none was added then.
        """
        return self._put(vectors, ids, payload, first, replace=False)

    def upsert(
        self,
        vectors: np.ndarray,
        ids: Sequence[Any],
        payload: Mapping[str, Sequence[Any]] | None = None,
        first: int = 0,
    ) -> int:
        """Add vectors; those whose id is there already take its place. See `add`."""
        return self._put(vectors, ids, payload, first, replace=True)

    def check_new(self, ids: Sequence[Any]) -> None:
        """Refuse ids that vectors cannot be added under: before the vectors are read, where that takes long.

        Raises:
            DataError: One is there already, or ids are of another type than those of the index.
        """
        with self._gate.together():
            names = self._checked_ids(ids, len(ids))
            refuse_known(names, self._delta.rows_of(names))

    def _put(
        self, vectors: np.ndarray, ids: Any, payload: Mapping[str, Sequence[Any]] | None, first: int, *, replace: bool
    ) -> int:
        units = unit_vectors(float_rows(vectors, self.columns, "These are no vectors."), first)
        with self._writing():  # what another process has made of the index meanwhile decides how they are packed
            check_columns(units.shape[1], self.columns)
            rows = self._generation.rows.code.pack(units)
            table = table_of(payload or {}, self._generation.payload.schema, len(rows))
            if ids is None:
                ids = next_ids(self._delta.highest, len(rows), texts=self._generation.ids.texts)
            names = self._checked_ids(ids, len(rows))
            before = self._delta.rows_of(names)
            if not replace:
                refuse_known(names, before)
            for start in range(0, len(rows), _BATCH):
                part = slice(start, start + _BATCH)
                gone = before[part]
                stream = streamed(table.slice(start, _BATCH)) if table.num_columns else b""
                self._write(Change(gone[gone >= 0], tuple(names[part]), rows[part], stream))
        return len(rows)

    def remove(self, ids: Sequence[Any]) -> int:
        """Remove vectors by id. Their bytes are gone from the disk after `compact`.

        Returns:
            How many were removed.

        Raises:
            DataError: An id that is not there; nothing was removed then.
        """
        with self._writing():
            names = self._checked_ids(ids, len(ids))
            rows = self._delta.rows_of(names)
            refuse_missing(names, rows)
            self._write(Change(rows))
        return len(names)

    def _write(self, change: Change) -> None:
        self._delta.check(change)
        with self._taking() as take:
            self._journal.append([change])
            take(change)

    def _checked_ids(self, ids: Any, count: int) -> list[int | str]:
        return checked_ids(ids, count, texts=self._generation.ids.texts)
