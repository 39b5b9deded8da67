"""A search: candidates from the structure, exact cosines from the rows, never fewer than k when k match."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np

from vandap.search.delta import Delta
from vandap.search.engines._engine import Allowed, Structure
from vandap.search.nearest import top
from vandap.search.target import Filtered, Setting

_SCAN_NUMBERS, _FETCH = 4_000_000, 256
"""So few matches x (columns + what fetching a row costs in columns) are looked at one by one: about a millisecond, and
no approximation. OpenSearch's bound is 2 million numbers for float32 rows of the same bytes."""
_AT_ONCE, _CANDIDATES = 1024, 8_000_000
"""Queries that are searched for together, and candidates of all of them: 12 bytes each, and as many again in passing."""
_NARROW = 0.5
"""Only a filter that leaves less than this share is worth that."""
_WIDER = 4
"""A search that came back with too few is repeated so many times as wide."""
_WIDE = 0.9
"""A filter that leaves more than this share changes nothing."""
_MOST_WIDENING = 64.0
"""A filter makes a search at most so many times as wide as one that was tuned for."""
_GATHER = 65_536


@dataclass(frozen=True)
class Hits:
    """What one query found, best first.

    Args:
        rows: Row numbers, int64.
        scores: Cosines, float32.
    """

    rows: np.ndarray
    scores: np.ndarray


@dataclass
class Clock:
    """Seconds spent in each part of a search."""

    candidates: float = 0.0
    rerank: float = 0.0
    started: float = field(default_factory=time.perf_counter)

    @property
    def total(self) -> float:
        """Seconds since it was started."""
        return time.perf_counter() - self.started


class Searcher:
    """Searches one state of an index.

    Args:
        structure: Proposes candidates.
        delta: The rows.
        setting: How wide to search.
        filters: How wide to search under filters, from the widest to the narrowest.
        setting_k: The k that the settings were tuned for.
        threads: Queries at a time.
    """

    def __init__(
        self,
        structure: Structure,
        delta: Delta,
        setting: Setting,
        filters: tuple[Filtered, ...],
        setting_k: int,
        threads: int,
    ) -> None:
        self._structure, self._delta, self._threads = structure, delta, threads
        self._setting, self._filters, self._k = setting, filters, setting_k

    def search(self, queries: np.ndarray, k: int, allowed: Allowed | None, clock: Clock) -> list[Hits]:
        """The k nearest of each query; some at a time, since scores and candidates of all of them take memory.

        Args:
            queries: Unit vectors, float32, shape (queries, columns).
            k: How many.
            allowed: Rows to choose from; None for all that are there, where none is gone.
            clock: Counts the time.
        """
        matches = self._delta.total if allowed is None else allowed.count
        if allowed is not None and self._narrow(matches, queries.shape[1]):
            return [self._among(query, allowed.rows, k) for query in queries]
        setting = self._widened(k, matches)
        step = max(1, min(_AT_ONCE, _CANDIDATES // setting.depth))
        parts = (queries[start : start + step] for start in range(0, len(queries), step))
        return [hits for part in parts for hits in self._searched(part, k, setting, allowed, clock)]

    def _searched(
        self, queries: np.ndarray, k: int, setting: Setting, allowed: Allowed | None, clock: Clock
    ) -> list[Hits]:
        started = time.perf_counter()
        candidates = self._candidates(queries, setting, allowed)
        clock.candidates += time.perf_counter() - started
        tail = self._tail(allowed)
        started = time.perf_counter()
        found = self._ranked(queries, candidates, tail, k, allowed)
        wanted = min(k, self._delta.total if allowed is None else allowed.count)
        for place, hits in enumerate(found):
            if len(hits.rows) < wanted:
                found[place] = self._wider(queries[place], setting, k, allowed, wanted)
        clock.rerank += time.perf_counter() - started
        return found

    def _narrow(self, matches: int, columns: int) -> bool:
        return matches <= _NARROW * self._delta.total and matches * (columns + _FETCH) <= _SCAN_NUMBERS

    def _widened(self, k: int, matches: int) -> Setting:
        """More neighbours need more candidates, and a filter leaves fewer of what a search looks at."""
        share = max(matches, 1) / max(1, self._delta.total)
        setting = self._setting if share > _WIDE else self._filtered(share)
        depth = max(k, round(setting.depth * max(1.0, k / self._k)))
        if not self._structure.selects:
            depth = round(depth / share) + min(depth, self._delta.dead)
        return replace(setting, depth=min(depth, max(1, self._delta.held)))

    def _filtered(self, share: float) -> Setting:
        """What was tuned for filters at least as narrow; beyond the narrowest, more in proportion."""
        tuned = next((item for item in self._filters if item.share <= share), None)
        if tuned is not None:
            return tuned.setting
        least = self._filters[-1] if self._filters else Filtered(1.0, self._setting)
        effort = round(least.setting.effort * min(_MOST_WIDENING, least.share / share))
        return replace(least.setting, effort=min(effort, self._structure.efforts()[-1]))

    def _candidates(self, queries: np.ndarray, setting: Setting, allowed: Allowed | None) -> np.ndarray:
        if not self._delta.held:
            return np.full((len(queries), 1), -1, np.int64)
        return self._structure.search(queries, setting.depth, setting.effort, allowed)

    def _tail(self, allowed: Allowed | None) -> np.ndarray:
        rows = np.arange(self._delta.held, self._delta.total)
        return rows if allowed is None else rows[allowed.mask[rows]]

    def _ranked(
        self, queries: np.ndarray, candidates: np.ndarray, tail: np.ndarray, k: int, allowed: Allowed | None
    ) -> list[Hits]:
        def ranked(place: int) -> Hits:
            rows = candidates[place]
            rows = rows[rows >= 0]
            if allowed is not None and not self._structure.selects:
                rows = rows[allowed.mask[rows]]
            return self._among(queries[place], np.concatenate([rows, tail]) if len(tail) else rows, k)

        if len(queries) < 2 * self._threads or self._threads == 1:
            return [ranked(place) for place in range(len(queries))]
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(ranked, range(len(queries))))

    def _among(self, query: np.ndarray, rows: np.ndarray, k: int) -> Hits:
        if len(rows) <= _GATHER:
            return Hits(*top(rows, self._delta.scores(query, rows), k))
        parts = [
            top(some, self._delta.scores(query, some), k) for some in np.array_split(rows, -(-len(rows) // _GATHER))
        ]
        return Hits(*top(np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts]), k))

    def _wider(self, query: np.ndarray, setting: Setting, k: int, allowed: Allowed | None, wanted: int) -> Hits:
        """Search on until there are enough, at last by looking at every row that is allowed."""
        last = self._structure.efforts()[-1]
        while setting.effort < last or setting.depth < self._delta.held:
            setting = replace(
                setting,
                effort=min(last, setting.effort * _WIDER),
                depth=min(self._delta.held, max(setting.depth, 2 * k)) if self._structure.selects
                else min(self._delta.held, setting.depth * _WIDER),
            )  # fmt: skip
            candidates = self._candidates(query[None], setting, allowed)
            (hits,) = self._ranked(query[None], candidates, self._tail(allowed), k, allowed)
            if len(hits.rows) >= wanted:
                return hits
            if setting.effort >= last and self._structure.selects:
                break
        rows = np.arange(self._delta.total) if allowed is None else allowed.rows
        return self._among(query, rows, k)
