"""The race: every engine that is installed, built and tuned on a sample of the user's own vectors.

What the race measures is time. Recall on a sample says little about recall among all rows, so the winner is tuned and
verified again at full size; the times are carried over with each engine's own exponents, which is a forecast and called
one.
"""

from __future__ import annotations

import math
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path

import numpy as np

from vandap.core.progress import Progress
from vandap.search.engines._engine import Engine, Job, Structure
from vandap.search.families import engines
from vandap.search.forecast import Forecaster
from vandap.search.nearest import exact
from vandap.search.rows import Rows, normalised
from vandap.search.target import Target
from vandap.search.tune import KNOWN, Exam, Point, exam_of, tune

SAMPLE = 20_000
"""Rows that are raced on, at most; some more are asked for."""
_QUERIES = 200
_FOLDER = "vandap-race-"


class Obstacle(IntEnum):
    """What keeps an engine from winning, from the least to the worst."""

    NONE, SLOW, LONG, RECALL, MEMORY, ABSENT = range(6)


def sampled(stop: int) -> int:
    """Rows of the sample, those included that are asked for."""
    return min(stop, SAMPLE + _QUERIES)


@dataclass(frozen=True)
class Runner:
    """How one engine did.

    Args:
        engine: Its slug.
        settings: At full size.
        memory: Bytes that it will hold while searching, predicted.
        building: Bytes that it will hold at most while it is built, predicted.
        build_seconds: Of the build at full size, predicted; NaN when it was not raced.
        query_seconds: Of a single query at full size, predicted; NaN when it was not raced.
        sample_seconds: Of a single query on the sample at the recall asked for.
        recall: On the sample.
        obstacle: Why it should not win; the lesser ones are taken where nothing better is left.
        why_not: The obstacle in words; empty when there is none.
    """

    engine: str
    settings: Mapping[str, int]
    memory: float
    building: float
    build_seconds: float = math.nan
    query_seconds: float = math.nan
    sample_seconds: float = math.nan
    recall: float = math.nan
    obstacle: Obstacle = Obstacle.NONE
    why_not: str = ""

    @property
    def rank(self) -> tuple[int, float]:
        """Smaller is better: the lesser obstacle, then the quicker search, or the smaller memory where none was run."""
        return self.obstacle, self.memory if math.isnan(self.query_seconds) else self.query_seconds


def race(
    rows: Rows, stop: int, target: Target, ahead: Forecaster, threads: int, seed: int, say: Progress
) -> list[Runner]:
    """Race the engines, the predicted winner first.

    Args:
        rows: A sample of the vectors.
        stop: Rows that there will be.
        target: What was asked.
        ahead: Knows what memory a build takes.
        threads: Threads to use.
        seed: Divides the sample.
        say: Told of each engine.
    """
    asked = np.random.default_rng(seed + 1).choice(rows.count, min(_QUERIES, rows.count // 5), replace=False)
    queries = normalised(rows.wide(asked))
    for stale in rows.path.parent.glob(f"{_FOLDER}*"):  # of a race that was killed
        shutil.rmtree(stale)
    with tempfile.TemporaryDirectory(prefix=_FOLDER, dir=rows.path.parent) as folder:
        path = Path(folder) / rows.code.file
        path.write_bytes(rows.gather(np.delete(np.arange(rows.count), asked)).tobytes())
        sample = Rows(path, rows.columns, rows.code)
        exam = exam_of(sample, queries, exact(sample, queries, target.k + KNOWN), target.k)
        if not len(exam.queries):  # every vector is there many times, and nothing is left to find
            return [Runner("exact", {}, 0.0, 0.0)]
        runners = [_run(item, exam, stop, target, ahead, threads, seed, say) for item in engines()]
    return sorted(runners, key=lambda runner: runner.rank)


def seconds_to_build(engine: Engine, rows: Rows, stop: int, threads: int, seed: int) -> float:
    """About how long an engine will take, built on a sample and carried over with its own exponent.

    Args:
        engine: The engine.
        rows: The sample.
        stop: Rows that there will be.
        threads: Threads to use.
        seed: Of every random choice.
    """
    power = engine.forecast(stop, rows.columns, engine.settings(stop, rows.columns)).build_power
    return _built(engine, rows, threads, seed)[1] * (stop / rows.count) ** power


def _run(
    engine: Engine, exam: Exam, count: int, target: Target, ahead: Forecaster, threads: int, seed: int, say: Progress
) -> Runner:
    settings = engine.settings(count, exam.rows.columns)
    forecast = engine.forecast(count, exam.rows.columns, settings, ahead.groups)
    entered = Runner(engine.slug, settings, forecast.resident, max(forecast.building, forecast.learning))
    obstacle, why_not = _unfit(engine, ahead.peak(engine, settings), target)
    if obstacle:
        return replace(entered, obstacle=obstacle, why_not=why_not)
    build_seconds, point = _heat(engine, exam, target, threads, seed)
    factor = count / exam.rows.count
    ran = replace(
        entered,
        build_seconds=build_seconds * factor**forecast.build_power,
        query_seconds=point.seconds * factor**forecast.search_power,
        sample_seconds=point.seconds,
        recall=point.recall,
    )
    say("note", {"text": f"{engine.slug}: {point.seconds * 1000:.2f} ms a query on {exam.rows.count:,} rows"})
    obstacle, why_not = _too_slow(ran, point, target)
    return replace(ran, obstacle=obstacle, why_not=why_not)


def _unfit(engine: Engine, needed: float, target: Target) -> tuple[Obstacle, str]:
    if not engine.installed:
        return Obstacle.ABSENT, f"the package {engine.package} is not installed"
    if needed > target.memory:
        return Obstacle.MEMORY, f"needs {needed / 2**30:.2f} GiB"
    return Obstacle.NONE, ""


def _too_slow(runner: Runner, point: Point, target: Target) -> tuple[Obstacle, str]:
    if not point.enough:
        return Obstacle.RECALL, f"reached a recall of {point.recall:.3f} on the sample"
    if runner.build_seconds > target.seconds:
        return Obstacle.LONG, f"would take {runner.build_seconds / 60:.0f} minutes to build"
    if runner.query_seconds > target.latency:
        return Obstacle.SLOW, f"would take {runner.query_seconds * 1000:.2f} ms a query"
    return Obstacle.NONE, ""


def _heat(engine: Engine, exam: Exam, target: Target, threads: int, seed: int) -> tuple[float, Point]:
    """Build on the sample and tune."""
    structure, seconds = _built(engine, exam.rows, threads, seed)
    tuned = tune(structure, exam, target, sorts=engine.sorts)
    return seconds, next(point for point in tuned.points if point.setting == tuned.setting)


def _built(engine: Engine, rows: Rows, threads: int, seed: int) -> tuple[Structure, float]:
    """The structure of a sample, and the seconds that it took."""
    settings = engine.settings(rows.count, rows.columns)
    start = time.perf_counter()
    sample = np.random.default_rng(seed).permutation(rows.count)[: settings.get("sample", 1000)]
    structure = engine.start(Job(rows, sample, settings, threads, seed))
    for _, block in rows.blocks(4096):
        structure.add(block)
    structure.finish()
    return structure, time.perf_counter() - start
