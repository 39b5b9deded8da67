"""Memory and time of a build, said before its vectors are read.

Memory follows from what is allocated, and from the number of small groups that a sample shows. Time is that of one
block to read, and that of the engine on the sample, carried over with its own exponent: a forecast, and called one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vandap.core.memory import give_back
from vandap.core.progress import Progress
from vandap.search.engines._engine import Engine
from vandap.search.families import engine as engine_named
from vandap.search.families import row_code
from vandap.search.footprint import held
from vandap.search.forecast import Forecaster, groups_in
from vandap.search.intake import Held, set_aside, tried
from vandap.search.plan import Contents, Plan
from vandap.search.promise import EXACT
from vandap.search.race import SAMPLE, Runner, race, sampled, seconds_to_build

_FEW = 200
"""Rows below which no engine has enough to learn from."""
_TRIED, _LEAST = 10, 1000
"""One in so many rows is built with beforehand where no engines race, but at least so many."""


@dataclass(frozen=True)
class Foreseen:
    """What is known of a build before its vectors are read.

    Args:
        engine: The slug of the engine that is built.
        runners: How the engines did, where they raced.
        base: Bytes that the process holds before.
        given: Bytes of a number as it is given.
        groups: About how many small groups the vectors fall into; None where that is not known.
        peak: Bytes that it will hold at most.
        reading: Seconds until the vectors are read and the exact answers found.
        building: Seconds that the engine takes; NaN where it was not tried.
    """

    engine: str
    runners: tuple[Runner, ...]
    base: float
    given: int
    groups: float | None
    peak: float
    reading: float
    building: float

    @property
    def seconds(self) -> float:
        """Until tuning begins."""
        return self.reading + self.building


def foresee(contents: Contents, plan: Plan, away: Held, folder: Path, ahead: Forecaster, say: Progress) -> Foreseen:
    """Choose the engine, by a race on a sample where none was named, and find out what its build will take.

    Args:
        contents: What goes in.
        plan: What is asked.
        away: Which vectors are held out.
        folder: Of the build.
        ahead: Knows the size of the work.
        say: Told what is being done.
    """
    vectors, stop = contents.vectors, contents.vectors.count - len(away.numbers)
    say("stage", {"title": "forecasting memory and time"})
    chosen, runners, building = _named(plan, stop), tuple[Runner, ...](), 0.0
    queries, sample = set_aside(vectors, away, _sample(chosen, away, stop, plan.seed), folder, ahead.code)
    queries = queries if contents.queries is None else contents.queries
    reading, given = tried(vectors, queries, ahead.answers, ahead.code, plan.threads, folder)
    ahead = replace(ahead, given=given, groups=groups_in(sample, vectors.count, plan.seed))
    if chosen is None:
        say("stage", {"title": "racing the engines on a sample"})
        runners = tuple(race(sample, stop, plan.target, ahead, plan.threads, plan.seed, say))
        chosen, building = engine_named(runners[0].engine), runners[0].build_seconds
    elif sample.count:
        building = seconds_to_build(chosen, sample, stop, plan.threads, plan.seed)
    chosen.open()
    sample.release()
    give_back()
    ahead = replace(ahead, base=held())
    peak = ahead.peak(chosen, chosen.settings(vectors.count, vectors.columns))
    return Foreseen(chosen.slug, runners, ahead.base, given, ahead.groups, peak, reading, building)


def _named(plan: Plan, stop: int) -> Engine | None:
    """The engine that was asked for, or the exact one where there are few rows; None for a race."""
    auto = plan.engine == "auto"
    if stop < (EXACT if auto else _FEW):
        return engine_named("exact")
    chosen = None if auto else engine_named(plan.engine)
    if chosen is not None:
        chosen.need()
    return chosen


def _sample(chosen: Engine | None, away: Held, stop: int, seed: int) -> np.ndarray:
    """Numbers of the vectors that are tried beforehand, ascending; none where that would take as long as the build."""
    many = sampled(stop) if chosen is None else min(SAMPLE, max(_LEAST, stop // _TRIED))
    if chosen is not None and (chosen.slug == "exact" or stop < EXACT):
        many = 0
    return np.sort(away.order[np.random.default_rng(seed).choice(stop, many, replace=False)])


def told(found: Foreseen, plan: Plan, ahead: Forecaster) -> Iterator[str]:
    """The forecast in words, and what of it is more than was asked for.

    Args:
        found: What was found out.
        plan: What was asked.
        ahead: Knows the size of the work.
    """
    chosen, target = engine_named(found.engine), plan.target
    settings = chosen.settings(ahead.count, ahead.columns)
    final = row_code(("exact" if chosen.slug == "exact" else "8bit") if plan.rows == "auto" else plan.rows)
    sizes = [
        f"{ahead.disk(chosen, settings, form, target.k) / max(1, ahead.count):,.0f} with {form.title}"
        for form in {form.slug: form for form in (ahead.code, final)}.values()
    ]
    time = f"{_minutes(found.reading)} to read and {_minutes(found.building)} to build, tuning not counted"
    yield (
        f"forecast for {chosen.slug}: {found.peak / 2**20:,.0f} MiB of memory; {time}; "
        f"bytes a vector: {', '.join(sizes)}"
    )
    if found.peak > target.memory:
        yield (
            f"the build will hold {found.peak / 2**20:,.0f} MiB, more than the {target.memory / 2**20:,.0f} MiB asked "
            "for; it goes on all the same"
        )
    if found.seconds > target.seconds:
        yield (
            f"the build will take {_minutes(found.seconds)}, more than the {_minutes(target.seconds)} asked for; "
            "it goes on all the same"
        )


def _minutes(seconds: float) -> str:
    """A time in words."""
    if math.isnan(seconds):
        return "an unknown time"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
