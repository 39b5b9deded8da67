"""The bounded part of a job's training rows that a simple rung works on, in memory, in a stratified random order."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vandap.core.rows import blocks as row_blocks
from vandap.core.rows import count_codes, picked, ranks, stable_order
from vandap.train._design import Design
from vandap.train.learner import Job
from vandap.train.preprocess import blocks

MATRIX_BYTES = 128 * 1024**2
"""Bytes of the float32 matrix and of what the learner makes of it (`ScikitLearner.value_bytes`)."""

READING_SHARE = 0.3
"""Share of the budget that reading (decoding images) may take before the rows read so far must do."""

FOLDS = 5
VALIDATION_ROWS = 10_000
SERIAL_VALUES = 200_000
"""Values up to which one thread is faster than several that wait for each other."""


@dataclass(frozen=True)
class Problem:
    """A matrix and its targets. Every prefix of the rows is a stratified random sample.

    Args:
        x: Inputs, shape `(n, width)`, float32.
        y: Class codes, or targets in units of their standard deviation around their mean; shape `(n,)`.
        groups: Group, or set of copies, of each row, or None.
        classes: Number of classes of the task; 0 for regression.
        categorical: Columns of `x` that hold category indices.
        seed: Seed of the learner.
        threads: Threads worth using.
        held_out: Rows that will be predicted after the fit, so that slow prediction counts against the budget.
        budget: Seconds of the whole job.
        available: Rows that would have been read had time been no object.
        validation: Inputs and targets that an early stop may watch, or None.
    """

    x: np.ndarray
    y: np.ndarray
    groups: np.ndarray | None
    classes: int
    categorical: tuple[int, ...]
    seed: int
    threads: int
    held_out: int
    budget: float
    available: int
    validation: tuple[np.ndarray, np.ndarray] | None = None

    def __len__(self) -> int:
        return len(self.y)

    @cached_property
    def folds(self) -> np.ndarray:
        """Fold number of each row: every class is spread evenly, or the groups by the target of their first row."""
        if self.groups is not None:
            _, first, codes = np.unique(self.groups, return_index=True, return_inverse=True)
            order = np.random.default_rng(self.seed).permutation(len(first))
            order = order[np.argsort(self.y[first[order]], kind="stable")]
            return (np.argsort(order) % FOLDS)[codes]
        if self.classes == 0:
            return np.arange(len(self.y)) % FOLDS
        return ranks(self.y) % FOLDS

    def first(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Inputs and targets of the first rows."""
        return self.x[:count], self.y[:count]


def read_problem(job: Job, design: Design, most_rows: int, value_bytes: int = 4) -> Problem:
    """Read a stratified sample of the job's training rows, bounded in rows, bytes and seconds.

    Args:
        job: The job. Its setting `rows` takes so many of them, however long reading takes.
        design: How the learner sees the inputs.
        most_rows: Rows that the learner can make use of.
        value_bytes: Bytes that one value costs, in the matrix and in the learner's copies.
    """
    generator = np.random.default_rng(job.seed)
    affordable = MATRIX_BYTES // (value_bytes * max(1, design.width))
    rows = _draw(job, max(1, min(most_rows, affordable)), generator)
    wanted = job.settings.get("rows")
    available = len(rows)
    frozen = bool(job.settings)
    x = _read(job, design, rows[:wanted], math.inf if frozen else READING_SHARE * job.budget)
    rows = rows[: len(x)]
    split = job.dataset.split
    return Problem(
        x=x,
        y=_target(job, rows),
        groups=None if split.together is None else split.together[rows],
        classes=len(job.dataset.classes),
        categorical=design.categorical,
        seed=job.seed,
        threads=job.threads if x.size > SERIAL_VALUES else 1,
        held_out=max(len(split.validation), len(job.validation)) + len(split.test),
        budget=job.budget,
        available=available,
    )


def read_validation(job: Job, design: Design) -> tuple[np.ndarray, np.ndarray] | None:
    """Read at most `VALIDATION_ROWS` of the job's validation rows, or None where it has none."""
    if not len(job.validation):
        return None
    generator = np.random.default_rng(job.seed)
    rows = generator.permutation(job.validation)[:VALIDATION_ROWS]
    x = _read(job, design, rows, math.inf)
    return x, _target(job, rows)


def _target(job: Job, rows: np.ndarray) -> np.ndarray:
    values = job.dataset.target[rows]
    if job.dataset.task.is_classification:
        return values
    return (values - job.preprocess.target_center) / job.preprocess.target_scale


def _draw(job: Job, most: int, generator: np.random.Generator) -> np.ndarray:
    """At most `most` rows, in an order whose every prefix is stratified and whose first rows show every class."""
    rows = _thinned(job, 4 * most, generator)
    rows = generator.permutation(rows)
    if job.dataset.task.is_classification:
        return picked(rows, stable_order(_places(job, rows, generator))[:most])
    return rows[:most]


def _places(job: Job, rows: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Numbers whose order spreads every class evenly, after one row of each class; shape of `rows`."""
    codes = picked(job.dataset.target, rows)
    rank, counts = ranks(codes), count_codes(codes)
    places = np.empty(len(rows))
    for block in row_blocks(len(rows)):
        here = rank[block]
        places[block] = (here + generator.random(len(here))) / counts[codes[block]]
        places[block][here == 0] = -1.0
    return places


def _thinned(job: Job, most: int, generator: np.random.Generator) -> np.ndarray:
    """A plain sample of far too many rows, that keeps every row of rare classes."""
    if len(job.rows) <= most:
        return job.rows
    keep = np.zeros(len(job.rows), bool)
    keep[generator.choice(len(job.rows), most, replace=False, shuffle=False)] = True
    if job.dataset.task.is_classification:
        codes = picked(job.dataset.target, job.rows)
        keep |= picked(count_codes(codes) <= 50, codes)
    return job.rows[keep]


def _read(job: Job, design: Design, rows: np.ndarray, seconds: float) -> np.ndarray:
    matrix = design.bind(job.dataset.columns)
    started = time.perf_counter()
    x = np.empty((len(rows), design.width), np.float32)
    filled = 0
    for block in blocks(rows, max(design.width, int(np.prod(job.preprocess.shape)))):
        if filled and time.perf_counter() - started > seconds:
            return x[:filled]
        order = np.argsort(block)  # ascending rows: a file is read forwards
        x[filled + order] = matrix(job.dataset.examples.take(block[order]))
        filled += len(block)
    return x
