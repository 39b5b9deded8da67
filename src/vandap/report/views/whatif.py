"""What was asked of the training: each what-if with theory, effect, mechanism and edit."""

from __future__ import annotations

from dataclasses import dataclass

from vandap.ask.whatif.record import Answered
from vandap.core.experiment import Outcome
from vandap.report import format as written
from vandap.report import metric as metrics
from vandap.report.charts.records import Bars, LineChart
from vandap.report.experiment import broken, gain, looks_chart, seeds_chart
from vandap.report.fixed import diff_lines, needed, trainings
from vandap.report.material import Material
from vandap.report.view import View


@dataclass(frozen=True)
class Item:
    """One what-if.

    Args:
        question: Its words.
        verdict: What came of it.
        effect: The gain with its interval, in a sentence; empty where there is none.
        theory: What theory predicts.
        sources: Where that is shown.
        charts: Seeds and looks.
        mechanism: What happened inside, in a sentence.
        seen: (quantity, as it is, changed) of the watched trainings.
        notes: What the reader must know.
        diff: (kind, line) of the edit that was tried.
        short: The answer in a sentence.
    """

    question: str
    verdict: str
    effect: str
    theory: str
    sources: tuple[str, ...]
    charts: tuple[LineChart | Bars, ...]
    mechanism: str
    seen: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]
    diff: tuple[tuple[str, str], ...]
    short: str


@dataclass(frozen=True)
class WhatIfs:
    """All what-ifs, in the order in which they were asked."""

    items: tuple[Item, ...]


class WhatIfView(View):
    """The section of the what-ifs."""

    slug = "whatif"
    title = "What was asked"
    order = 6

    def build(self, material: Material) -> WhatIfs | None:
        """Return the what-ifs; None where none was asked."""
        return WhatIfs(tuple(map(_item, material.answered))) if material.answered else None


def _item(answered: Answered) -> Item:
    experiment = answered.experiment
    outcome = experiment.outcome
    charts = (seeds_chart(experiment, answered.metric), looks_chart(outcome) if outcome is not None else None)
    return Item(
        question=answered.question,
        verdict=outcome.decision.value if outcome is not None else "not decided",
        effect=_effect(answered, outcome) if outcome is not None else "The budget ended before the first look.",
        theory=answered.prediction,
        sources=answered.sources,
        charts=tuple(chart for chart in charts if chart is not None),
        mechanism=answered.mechanism,
        seen=tuple((name, written.number(before), written.number(after)) for name, before, after in answered.seen),
        notes=(*(outcome.notes if outcome is not None else ()), *broken(experiment)),
        diff=tuple(diff_lines(answered.edit)),
        short=answered.short,
    )


def _effect(answered: Answered, outcome: Outcome) -> str:
    effect = outcome.effect
    told = f"Gain in {metrics.title(answered.metric)} {gain(effect)}, positive is better: {trainings(outcome)}."
    return f"{told} {needed(outcome)}".strip()
