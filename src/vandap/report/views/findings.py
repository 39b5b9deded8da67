"""What was found: the faults that the exam shows, with their evidence and what to do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from vandap.core.finding import Finding, Severity, Status, Where
from vandap.core.sources import Excerpt
from vandap.repair.catalogue import advice
from vandap.report import format as written
from vandap.report.evidence.panels import Chart, plots
from vandap.report.material import Material
from vandap.report.places import excerpt_at
from vandap.report.view import View


@dataclass(frozen=True)
class Item:
    """One finding as it is shown.

    Args:
        code: The rule's code.
        title: The fault, in words.
        severity: `issue` or `tip`.
        suspected: Whether it is suspected only.
        message: What was measured.
        evidence: (name, number) pairs as text.
        where: The place, as text.
        confidence: As text; empty when it is certain.
        remedies: In words, best first.
        figure: Name of the section that shows it, or None.
        explained_by: The finding that accounts for this one, or None.
        suspect: The suspicion that would account for it, or None.
        thresholds: (name, number, source) of what the rule compares with.
        excerpt: The lines of the user's program at the place, or None where it has none.
        charts: The signals that the rule read, drawn.
        effects: Findings that this one accounts for.
    """

    code: str
    title: str
    severity: str
    suspected: bool
    message: str
    evidence: tuple[tuple[str, str], ...]
    where: str
    confidence: str
    remedies: tuple[str, ...]
    figure: str | None
    explained_by: str | None
    suspect: str | None = None
    thresholds: tuple[tuple[str, str, str], ...] = ()
    excerpt: Excerpt | None = None
    charts: tuple[Chart, ...] = ()
    effects: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Findings:
    """All findings, issues first, and how many rules looked.

    Args:
        items: The findings that no other explains.
        examined: How many rules could look at this run.
        clear: How many of them found nothing.
    """

    items: tuple[Item, ...]
    examined: int
    clear: int


class FindingsView(View):
    """The section of the findings."""

    slug = "findings"
    title = "What to fix"
    order = 10

    def build(self, material: Material) -> Findings | None:
        """Return the findings; None before the run was examined."""
        if not material.verdicts:
            return None
        suspected = {verdict.code for verdict in material.verdicts if verdict.status is Status.SUSPECTED}
        statuses = [verdict.status for verdict in material.verdicts]
        decided = (Status.FOUND, Status.SUSPECTED, Status.CLEAR)
        return Findings(
            items=_items(material, suspected),
            examined=sum(status in decided for status in statuses),
            clear=statuses.count(Status.CLEAR),
        )


def _items(material: Material, suspected: set[str]) -> tuple[Item, ...]:
    """Write the findings, each with what it explains."""
    named = {finding.name for finding in material.findings}
    seen: set[tuple[Any, ...]] = set()

    def written_out(finding: Finding, kept: int) -> Item:
        effects = [other for other in material.findings if other.explained_by == finding.name]
        return replace(
            item(finding, finding.code in suspected),
            excerpt=excerpt_at(material, finding.where),
            charts=_new(plots(material, finding), seen, kept),
            effects=tuple(written_out(effect, 0) for effect in effects),
        )

    return tuple(written_out(finding, 1) for finding in material.findings if finding.explained_by not in named)


def _new(charts: tuple[Chart, ...], seen: set[tuple[Any, ...]], kept: int) -> tuple[Chart, ...]:
    """Leave out charts that stand above already, but for so many of the first."""
    marks = [(chart.title, chart.levels) for chart in charts]
    new = tuple(chart for place, chart in enumerate(charts) if place < kept or marks[place] not in seen)
    seen.update(marks)
    return new


def item(finding: Finding, suspected: bool = False) -> Item:
    """Write one finding."""
    return Item(
        code=finding.code,
        title=written.sentence(written.words(finding.fault or finding.slug)),
        severity="issue" if finding.severity is Severity.ISSUE else "tip",
        suspected=suspected,
        message=finding.message,
        evidence=tuple((written.words(name), written.value(number)) for name, number in finding.evidence.items()),
        where=place(finding.where),
        confidence="" if finding.confidence >= 1 else written.share(finding.confidence),
        remedies=tuple(advice(remedy) for remedy in finding.remedies),
        figure=finding.figure,
        explained_by=finding.explained_by,
        suspect=_named(finding.suspect),
        thresholds=tuple(
            (written.words(name), written.number(threshold.value), threshold.source)
            for name, threshold in finding.thresholds.items()
        ),
    )


def _named(name: str | None) -> str | None:
    """Write code and slug as code and words."""
    return None if name is None else " ".join((name.partition(" ")[0], written.words(name.partition(" ")[2])))


def place(where: Where) -> str:
    """Write the place of a fault: `model, layer dense_2, train.py:31`."""
    line = f":{where.line}" if where.line else ""
    layer = f"layer {where.layer}" if where.layer else ""
    return ", ".join(part for part in (where.component, layer, f"{where.file}{line}" if where.file else "") if part)
