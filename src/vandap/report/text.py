"""The verdict for the terminal: plain text, about twenty lines."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from vandap.core.finding import Finding, Severity
from vandap.core.store import Run
from vandap.repair.catalogue import advice
from vandap.report import format as written
from vandap.report.material import Material, gather
from vandap.report.summary import Summary, summarise
from vandap.report.views.ladder import LadderView

WIDTH = 100
_RUNGS = 5
_FINDINGS = 3


def text(run: Run) -> str:
    """Return the verdict on a run, in at most about 25 lines of at most 100 characters.

    Args:
        run: The run, finished or not.

    Raises:
        RunError: A file of the run is damaged.
    """
    material = gather(run)
    summary = summarise(material)
    blocks = [_opening(summary), _models(material), _findings(summary), _files(material)]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _opening(summary: Summary) -> list[str]:
    lines = [*wrapped(summary.banner)] if summary.banner else []
    return [*lines, *wrapped(summary.sentence)]


def _models(material: Material) -> list[str]:
    view = LadderView().build(material)
    if view is None or not view.rows:
        return []
    shown = view.rows[:_RUNGS]
    titles = max(len(row.title) for row in shown)
    scores = max(len(row.score) for row in shown)
    intervals = max(len(row.interval) for row in shown)
    lines = [f"{view.metric} on {view.part} examples, {view.direction}:"]
    for row in shown:
        cells = f"  {row.title:<{titles}}  {row.score:>{scores}}  {row.interval:<{intervals}}  {row.fit:>11}"
        lines.append(cells.rstrip() + ("  recommended" if row.strong else ""))
    left = len(view.rows) - len(shown) + len(view.skipped)
    return [*lines, f"  and {written.plural(left, 'more model')} in the report"] if left else lines


def _findings(summary: Summary) -> list[str]:
    roots = [finding for finding in summary.findings if finding.explained_by is None]
    lines: list[str] = []
    for finding in roots[:_FINDINGS]:
        lines += _finding(finding)
    left = len(summary.findings) - len(roots[:_FINDINGS])
    return [*lines, f"and {written.plural(left, 'more finding')} in the report"] if left > 0 else lines


def _finding(finding: Finding) -> Iterable[str]:
    mark = "!" if finding.severity is Severity.ISSUE else "-"
    title = written.sentence(written.words(finding.fault or finding.slug))
    yield f"{mark} {finding.code} {title}"
    message = wrapped(finding.message, "  ")
    yield from message[:2]
    if len(message) > 2:
        yield "  (the rest is in the report)"
    if finding.remedies:
        yield from wrapped(f"Try: {'; '.join(map(advice, finding.remedies[:2]))}.", "  ")


def _files(material: Material) -> list[str]:
    report = material.path / "report.html"
    return [f"Report: {report}"] if report.is_file() else [f"Run: {material.path}"]


def wrapped(sentence: str, indent: str = "") -> list[str]:
    """Break a sentence into lines of at most `WIDTH` characters."""
    return textwrap.wrap(sentence, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
