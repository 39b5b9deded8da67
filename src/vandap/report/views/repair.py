"""The repair: what was tried, what it brought by experiment, what is kept and why, the diff, the cost."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vandap.core.examined import Examined
from vandap.core.experiment import Outcome
from vandap.repair.record import Fixed, Hint, Screened, Step
from vandap.report import format as written
from vandap.report import metric as metrics
from vandap.report.charts.records import Bars, LineChart, Span
from vandap.report.charts.scale import extent, linear
from vandap.report.experiment import LookRow, broken, look_rows, looks_chart, seeds_chart
from vandap.report.fixed import diff_lines, needed, on_test, unanswered
from vandap.report.material import Material, floats
from vandap.report.view import View


@dataclass(frozen=True)
class Change:
    """One change that was suggested.

    Args:
        words: What is changed.
        finding: The finding that asked for it.
        remedy: The remedy, in words.
        why: Why it was kept or left out.
    """

    words: str
    finding: str
    remedy: str
    why: str


@dataclass(frozen=True)
class Row:
    """One bundle that was screened: what, a bar, its mean score, of how many trainings."""

    words: str
    bar: Span
    score: str
    seeds: str


@dataclass(frozen=True)
class ByHand:
    """What a person can do: what, for which finding, where, and why vandap does not."""

    words: str
    finding: str
    place: str
    reason: str


@dataclass(frozen=True)
class Repair:
    """A repair.

    Args:
        question: What the experiment asked; empty where there was none.
        verdict: What came of it, in a word or two.
        metric: Title of the metric that decided.
        charts: Seeds and looks.
        looks: The planned looks as text.
        needed: What would tell, after `cannot tell`; empty otherwise.
        kept: The changes that are proved.
        dropped: Those that were tried and left out.
        diff: (kind, line) of the diff of what is kept.
        screened: Bundles that were screened, the best first.
        by_hand: What is left to a person.
        facts: (name, text) pairs: data, metric, cost.
        notes: What the reader must know.
    """

    question: str
    verdict: str
    metric: str
    charts: tuple[LineChart | Bars, ...]
    looks: tuple[LookRow, ...]
    needed: str
    kept: tuple[Change, ...]
    dropped: tuple[Change, ...]
    diff: tuple[tuple[str, str], ...]
    screened: tuple[Row, ...]
    by_hand: tuple[ByHand, ...]
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


class RepairView(View):
    """The section of the repair."""

    slug = "repair"
    title = "What the repair proved"
    order = 5

    def build(self, material: Material) -> Repair | None:
        """Return the repair; None where none was made."""
        fixed = material.fixed
        if fixed is None:
            return None
        experiment = fixed.experiment
        outcome = experiment.outcome if experiment is not None else None
        charts = (
            seeds_chart(experiment, fixed.metric, fixed.dummy) if experiment is not None else None,
            looks_chart(outcome) if outcome is not None else None,
        )
        return Repair(
            question=experiment.question if experiment is not None else "",
            verdict=outcome.decision.value if outcome is not None else "",
            metric=metrics.title(fixed.metric) if fixed.metric else "",
            charts=tuple(chart for chart in charts if chart is not None),
            looks=look_rows(outcome) if outcome is not None else (),
            needed=needed(outcome) if outcome is not None else "",
            kept=tuple(map(_change, fixed.kept)),
            dropped=tuple(map(_change, fixed.dropped)),
            diff=tuple(diff_lines(fixed.diff)),
            screened=_screened(fixed.screened),
            by_hand=tuple(_by_hand(hint) for hint in fixed.hints),
            facts=tuple((name, text) for name, text in _facts(fixed, outcome) if text),
            notes=tuple(_notes(fixed, outcome, material.examined)),
        )


def _change(step: Step) -> Change:
    return Change(step.words, step.finding, written.words(step.remedy), step.why)


def _screened(tried: tuple[Screened, ...]) -> tuple[Row, ...]:
    if not tried:
        return ()
    low, high = extent(floats([item.score for item in tried]))
    scale = linear(min(0.0, low), max(0.0, high), 0, 1)
    axis = (scale.low, scale.high)
    return tuple(_row(item, axis, strong=place == 0) for place, item in enumerate(tried))


def _row(item: Screened, axis: tuple[float, float], *, strong: bool) -> Row:
    score = written.number(item.score)
    bar = Span(f"{item.words}: {score}", item.score, math.nan, math.nan, axis, strong)
    return Row(written.sentence(item.words), bar, score, written.count(item.seeds))


def _by_hand(hint: Hint) -> ByHand:
    line = f":{hint.line}" if hint.line else ""
    return ByHand(hint.words, hint.finding, f"{Path(hint.file).name}{line}" if hint.file else "", hint.reason)


def _facts(fixed: Fixed, outcome: Outcome | None) -> Iterator[tuple[str, str]]:
    if outcome is not None:
        yield "Runs of one seed share", outcome.pairing.value
        yield "Test part", on_test(fixed)
        yield "Differences that do not matter", f"up to {written.number(outcome.margin)}"
    if any(fixed.rows):
        yield "Rows that screened", written.count(fixed.rows[0])
        yield "Rows that decided", written.count(fixed.rows[1])
    if fixed.trainings:
        yield "Trainings", written.count(fixed.trainings)
    yield "Wall clock", written.seconds(fixed.seconds) if fixed.seconds else ""
    yield "Run", fixed.run


def _notes(fixed: Fixed, outcome: Outcome | None, examined: Examined | None) -> Iterator[str]:
    if examined is not None and (first := unanswered(fixed, examined)):
        yield first
    if fixed.why:
        yield fixed.why
    yield from fixed.notes
    yield from outcome.notes if outcome is not None else ()
    yield from broken(fixed.experiment) if fixed.experiment is not None else ()
