"""Recall while the index serves: some live queries are asked for again and compared with exact search.

A pass over all rows costs the same for one query as for dozens, so sampled queries wait until there are some. A pass
may take a small share of one core, which bounds how often there is one, however many queries come.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np

from vandap.core.records import from_json, to_json
from vandap.search.check import unit_vectors
from vandap.search.delta import Delta
from vandap.search.durable import replace_file
from vandap.search.index import Index
from vandap.search.measure import scores_near, true_scores
from vandap.search.recall import REPEATS, less, measured, shares, upper

FILE = "sampled.json"
"""File of an index's folder with what its server measured last."""
_TOGETHER, _LONGEST = 32, 60.0
"""Queries that a pass is made for, or seconds that the first of them waits at most."""
_EFFORT = 0.05
"""Share of one core that passes may take."""
_WINDOW = 1000
"""The latest queries, which the estimate is made of."""
_CONFIDENCE = 0.999
"""Of the alarm: it is looked at again and again, and must not cry wolf."""
_LEAST = 30
"""Queries below which nothing is said."""


@dataclass(frozen=True)
class Sampled:
    """What was measured on live queries.

    Args:
        generation: The index's generation.
        k: Neighbours that count.
        target: The recall that was promised.
        queries: The latest queries that were compared.
        estimate: Mean recall over them; what rounding of rows loses is taken off.
        lower95: Its lower bound at 95 % confidence.
        broken: Whether it lies below the promise beyond doubt.
        at: Seconds since 1970 when it was measured.
    """

    generation: int
    k: int
    target: float
    queries: int
    estimate: float
    lower95: float
    broken: bool
    at: float


@dataclass(frozen=True)
class Sample:
    """Queries with what a search found, and the rows that were there at that moment.

    Args:
        delta: The rows.
        alive: Numbers of those that were there.
        queries: Unit vectors, float32.
        scores: Cosines of what was found, best first, shape (queries, k); -inf for none.
        generation: The index's generation.
        target: The promise.
        k: Neighbours that count.
        lost: What rounding loses.
    """

    delta: Delta
    alive: np.ndarray
    queries: np.ndarray
    scores: np.ndarray
    generation: int
    target: float
    k: int
    lost: float


class Sampler:
    """Chooses live queries and compares them.

    Args:
        share: Share of the queries to choose.
        seed: Of the choice.
    """

    def __init__(self, share: float, seed: int | None = None) -> None:
        self._share, self._draw = share, np.random.default_rng(seed)
        self._waiting: list[np.ndarray] = []
        self._since, self._rest_until = 0.0, 0.0
        self._lock = Lock()
        self._shares = np.zeros(0)
        self._generation = 0
        self.last: Sampled | None = None

    def offer(self, queries: np.ndarray) -> None:
        """Choose some of the queries that were answered, of those without a filter."""
        if not self._share:
            return
        rows = np.atleast_2d(np.asarray(queries, np.float32))
        with self._lock:
            chosen = rows[self._draw.random(len(rows)) < self._share]
            if len(chosen) and not self._waiting:
                self._since = time.monotonic()
            self._waiting += list(chosen[: 2 * _TOGETHER - len(self._waiting)])

    @property
    def due(self) -> bool:
        """Whether it is time for a pass."""
        now = time.monotonic()
        enough = len(self._waiting) >= _TOGETHER or (bool(self._waiting) and now - self._since > _LONGEST)
        return enough and now >= self._rest_until

    def take(self, index: Index) -> Sample | None:
        """Ask the waiting queries again, as they were; quick."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        with index.steady():
            manifest, delta = index.generation.manifest, index.delta
            k = manifest.target.k
            fitting = [query for query in waiting if len(query) == index.columns]
            if not fitting or len(index) <= k:
                return None
            queries = unit_vectors(np.stack(fitting))
            scores = scores_near(index, queries, k)
            alive = np.flatnonzero(delta.alive)
        return Sample(delta, alive, queries, scores, manifest.generation, manifest.target.recall, k, manifest.lost)

    def compare(self, sample: Sample) -> Sampled | None:
        """Compare a sample with exact search; slow. Then rest, so that passes take a small share of one core."""
        began = time.monotonic()
        truth = true_scores(sample.delta, sample.alive, sample.queries, sample.k + REPEATS)
        latest = shares(sample.scores, truth, sample.k)
        before = self._shares if self._generation == sample.generation else np.zeros(0)
        self._generation, self._shares = sample.generation, np.concatenate([before, latest])[-_WINDOW:]
        self._rest_until = time.monotonic() + (time.monotonic() - began) * (1 / _EFFORT - 1)
        if len(self._shares) >= _LEAST:
            self.last = judged(self._shares, sample)
        return self.last


def judged(found: np.ndarray, sample: Sample) -> Sampled:
    """What the recall of the latest queries says of the promise."""
    recall = less(measured(found, sample.k), sample.lost)
    highest = upper(found, sample.k, _CONFIDENCE) - sample.lost
    return Sampled(
        sample.generation, sample.k, sample.target, len(found), recall.estimate, recall.lower95,
        highest < sample.target, time.time(),
    )  # fmt: skip


def write_sampled(folder: Path, sampled: Sampled) -> None:
    """Leave what was measured for `vandap index info`."""
    replace_file(folder / FILE, json.dumps(to_json(sampled)).encode())


def read_sampled(folder: Path, generation: int) -> Sampled | None:
    """What a server measured on this generation; None where none did."""
    try:
        found = from_json(Sampled, json.loads((folder / FILE).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
    return found if found.generation == generation else None
