"""Verdicts on a watched training, with the decisive tests that suspicions ask for."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vandap.core import sources
from vandap.core.finding import Status, Verdict
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.core.store import Run, write_json, write_series
from vandap.exam import examine

if TYPE_CHECKING:
    from vandap.watch.kept import Kept

LEAST_BUDGET = 15.0
"""Seconds of tests that even the shortest training gets: below it the compilation of a network does not fit."""

MOST_BUDGET = 300.0
SHARE = 0.7
"""Tests within this share of a script's own time keep the whole below twice its time."""


def default_budget(seconds: float) -> float:
    """Seconds of decisive tests for a training that took so long."""
    return min(max(SHARE * seconds, LEAST_BUDGET), MOST_BUDGET)


def judge(folder: Path, kept: Kept | None, budget: float, muted: Iterable[str] = ()) -> tuple[Verdict, ...]:
    """Judge a run folder, settle its suspicions by experiments, and store verdicts and what was tested.

    Args:
        folder: The run folder of a training that has ended.
        kept: The live model and data; None where there are none to experiment with.
        budget: Seconds for all experiments; 0 for none.
        muted: Codes or slugs of rules that are not to be asked.

    Returns:
        One verdict for each rule; the same as in `findings.json`.

    Raises:
        KeyboardInterrupt: The tests were interrupted; the verdicts by those that had ended are stored.
    """
    muted = tuple(muted)
    keep_sources(folder)
    verdicts = examine(Run(folder), muted)
    write_json(folder / "findings.json", verdicts)  # should a test hang or be interrupted
    for better in _settled(folder, kept, verdicts, budget, muted):
        verdicts = better
        write_json(folder / "findings.json", verdicts)
    return verdicts


def _settled(
    folder: Path, kept: Kept | None, verdicts: tuple[Verdict, ...], budget: float, muted: tuple[str, ...]
) -> Iterator[tuple[Verdict, ...]]:
    """The verdicts after each round of tests: what one settles may ask for another, until none is new or time is up."""
    tried: set[str] = set()
    ends = time.monotonic() + budget
    facts: dict[str, Any] = {"budget": budget, "seconds": 0.0, "run": [], "skipped": {}}
    while kept is not None and _in_doubt(verdicts) and (left := ends - time.monotonic()) > 0:
        from vandap.exam.decide import asked_for

        asked = {test.slug for test in asked_for(verdicts)}
        if asked <= tried:
            return
        try:
            measured = _test(folder, kept, verdicts, left, tried, facts)
        except KeyboardInterrupt:
            write_json(folder / "tests.json", {**facts, "interrupted": True})
            yield examine(Run(folder), muted)
            raise
        tried |= asked
        if not measured:
            return
        verdicts = examine(Run(folder), muted)
        yield verdicts


def _in_doubt(verdicts: Iterable[Verdict]) -> bool:
    return any(verdict.status is Status.SUSPECTED for verdict in verdicts)


def keep_sources(folder: Path) -> None:
    """Store the lines of the user's program that the run names: the file may change, and the page shows them."""
    program = Run(folder).evidence.get("program")
    if isinstance(program, Program):
        write_json(folder / sources.NAME, sources.collect(program))


def _test(
    folder: Path, kept: Kept, verdicts: Iterable[Verdict], budget: float, tried: Collection[str], facts: dict[str, Any]
) -> bool:
    """Run the tests that the verdicts ask for and that were not tried; whether any gave a result."""
    from vandap.exam.decide import decide

    began, before = time.monotonic(), facts["seconds"]

    def note(name: str | None = None) -> None:
        facts["seconds"] = before + time.monotonic() - began
        facts["run"] = sorted({*facts["run"], *([name] if name else [])})
        write_json(folder / "tests.json", facts)

    def keep(name: str, series: Series) -> None:
        write_series(folder / "signals", name, series)
        note(name)

    measured = decide(kept, verdicts, budget, tried=tried, on_signal=keep, on_skip=facts["skipped"].__setitem__)
    note()
    return bool(measured)
