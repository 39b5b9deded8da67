"""Runs the decisive tests that suspected rules ask for, cheapest first, within a budget of time."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, suppress

from vandap.core.family import members
from vandap.core.finding import Status, Verdict
from vandap.core.signals import Series
from vandap.exam import decisive
from vandap.exam.decisive._test import DecisiveTest, NotPossibleError, TooShortError
from vandap.watch.kept import Kept

SPARE = 1.2
"""Times what a test needs by its own measure, which was taken on a few steps."""


def decide(
    kept: Kept,
    verdicts: Iterable[Verdict],
    budget: float,
    *,
    seed: int = 0,
    tried: Collection[str] = (),
    on_signal: Callable[[str, Series], None] | None = None,
    on_skip: Callable[[str, str], None] | None = None,
) -> dict[str, Series]:
    """Settle suspicions by experiments on the live model, which is put back as it was.

    Args:
        kept: What the watched training left.
        verdicts: The rules' verdicts; tests that *suspected* ones name are run.
        budget: Seconds for all tests together.
        seed: Decides the order of examples and how they are divided.
        tried: Slugs of tests that were run or skipped before.
        on_signal: Given each signal as soon as it is measured: a later test may be interrupted, or the process killed.
        on_skip: Told the slug and the reason of each test that was asked for and could not be run.

    Returns:
        The signals that the tests measured, by name: ask the same rules again with them.
    """
    ended = time.monotonic() + budget
    asked = [test for test in asked_for(verdicts) if test.slug not in tried]
    signals: dict[str, Series] = {}
    failed: dict[str, Exception] = {
        # asked before the workbench puts its own optimiser on
        test.slug: NotPossibleError(obstacle)
        for test in asked
        if (obstacle := test.obstacle(kept))
    }
    waiting = tuple(test for test in asked if test.slug not in failed)

    def keep(name: str, series: Series) -> None:
        signals[name] = series
        if on_signal is not None:
            on_signal(name, series)

    with ExitStack() as stack:
        if waiting:
            with suppress(Exception):  # then each test says why
                stack.enter_context(_workbench(kept))
        _run_all(waiting, kept, ended, seed, keep, failed)
        # what the others left of their shares may suffice for those whose own was too short
        for test, reserved in _again(waiting, failed, ended - time.monotonic()):
            _run_all((test,), kept, ended - reserved, seed, keep, failed)
    for slug, error in failed.items():
        if on_skip is not None:
            on_skip(slug, str(error) if isinstance(error, NotPossibleError) else f"{type(error).__name__}: {error}")
    return signals


def asked_for(verdicts: Iterable[Verdict]) -> tuple[DecisiveTest, ...]:
    """The tests that suspected verdicts name, cheapest first."""
    named = {
        slug.replace("-", "_") for verdict in verdicts if verdict.status is Status.SUSPECTED for slug in verdict.tests
    }
    return tuple(sorted((test for test in tests() if test.slug in named), key=lambda test: test.cost))


def tests() -> tuple[DecisiveTest, ...]:
    """Every decisive test."""
    return members(decisive, DecisiveTest)  # type: ignore[type-abstract]


def _again(
    waiting: tuple[DecisiveTest, ...], failed: dict[str, Exception], seconds: float
) -> Iterator[tuple[DecisiveTest, float]]:
    """Tests whose share was too short and that fit into the time together, and what is reserved for those after each.

    Those that need least come first; those that do not know what they need get what is left.
    """
    needs = {test: error.needs for test in waiting if isinstance(error := failed.get(test.slug), TooShortError)}
    known = sorted((test for test in needs if math.isfinite(needs[test])), key=needs.__getitem__)
    ends = itertools.accumulate(needs[test] for test in known)
    fitting = [test for test, end in zip(known, ends, strict=True) if end <= seconds]
    for place, test in enumerate(fitting):
        yield test, sum(needs[other] for other in fitting[place + 1 :])
    yield from ((test, 0.0) for test in needs if math.isinf(needs[test]))


def _run_all(
    waiting: tuple[DecisiveTest, ...],
    kept: Kept,
    ended: float,
    seed: int,
    keep: Callable[[str, Series], None],
    failed: dict[str, Exception],
) -> None:
    """Run tests in their order, each with its share of the time that is left; note what failed.

    What a test measures is handed on at once. One that failed before and is out of time again keeps its first reason.
    """
    while waiting:
        test, *others = waiting
        seconds = (ended - time.monotonic()) * test.cost / sum(item.cost for item in waiting)
        waiting = tuple(others)
        try:
            series = _run_as_needed(test, kept, seconds, ended, seed)
        except Exception as error:  # a test that fails must not hide the others
            failed.setdefault(test.slug, error)
        else:
            failed.pop(test.slug, None)
            keep(test.signal, series)


def _run_as_needed(test: DecisiveTest, kept: Kept, seconds: float, ended: float, seed: int) -> Series:
    """Run a test within its share, or within what it needs, if there is so much time: cheap tests go first."""
    try:
        return _run(test, kept, seconds, seed)
    except TooShortError as error:
        left = ended - time.monotonic()
        if not error.needs <= left:
            raise
        return _run(test, kept, min(SPARE * error.needs, left), seed)


def _run(test: DecisiveTest, kept: Kept, seconds: float, seed: int) -> Series:
    if seconds <= 0:
        raise NotPossibleError("The budget was spent before it.")
    return test.run(kept, seconds, seed)


def _workbench(kept: Kept) -> AbstractContextManager[object]:
    from vandap.exam.decisive._workbench import workbench  # it imports Keras

    return workbench(kept)
