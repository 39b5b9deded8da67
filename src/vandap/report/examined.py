"""An exam for the terminal: what was found, where, by which numbers; or what was checked and found healthy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from vandap.core.examined import Examined
from vandap.core.finding import Finding, Severity, Status
from vandap.core.sources import NAME, excerpt
from vandap.core.store import read_json
from vandap.report import examined_words as words
from vandap.report import format as written
from vandap.report.text import WIDTH, wrapped
from vandap.report.views.findings import Item, item, place

_INDENT = "  "


def examined_text(examined: Examined, *, every_verdict: bool = False, report: Path | None = None) -> str:
    """Return an exam as text, at most 100 characters wide.

    Args:
        examined: The exam.
        every_verdict: Whether rules that found nothing, or could not look, are listed as well.
        report: The page in the run folder; None where there is none.
    """
    blocks = [[f"{words.name(examined)}: {words.headline(examined)}", *wrapped(words.ending(examined))]]
    doubts = words.doubts(examined)
    blocks += [list(_finding(finding, examined)) for finding in words.roots(examined) if finding not in doubts]
    blocks += [
        list(_doubts(doubts)),
        list(_explained(examined)),
        list(_checked(examined)),
        list(_verdicts(examined)) if every_verdict else [],
        [f"Report: {report}" if report is not None else f"Run: {examined.run}"],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _finding(finding: Finding, examined: Examined) -> Iterator[str]:
    shown = item(finding, finding.code in examined.suspected)
    mark = "!" if finding.severity is Severity.ISSUE else "-"
    doubt = " (suspected)" if shown.suspected else ""
    yield f"{mark} {shown.code} {shown.title}{doubt}"
    yield from _where(finding, examined)
    yield from wrapped(shown.message, _INDENT)
    if shown.suspect:
        settled = f"Perhaps an effect of {shown.suspect}, which is suspected and no experiment has settled."
        yield from wrapped(settled, _INDENT)
    yield from _remedies(shown)


def _doubts(doubts: tuple[Finding, ...]) -> Iterator[str]:
    """Suspicions in a row: several that contradict each other are no advice."""
    if doubts:
        told = [f"{finding.code} {written.words(finding.slug)}{_line(finding)}" for finding in doubts]
        yield from wrapped(f"Tips that are only suspected, as no experiment has settled them: {', '.join(told)}.")


def _line(finding: Finding) -> str:
    where = finding.where
    return f" ({Path(where.file).name}:{where.line})" if where.file and where.line else ""


def _explained(examined: Examined) -> Iterator[str]:
    """What other findings account for, a line for each cause."""
    for cause, effects in words.effects(examined).items():
        told = [
            f"{finding.code} {written.words(finding.slug)}" + (" (suspected)" * (finding.code in examined.suspected))
            for finding in effects
        ]
        yield from wrapped(f"Explained by {cause}: {', '.join(told)}.")


def _where(finding: Finding, examined: Examined) -> Iterator[str]:
    """The place, and the line of code there as it was run."""
    where = finding.where
    if where.layer or where.file:
        near = where.file is not None and Path(where.file).is_relative_to(Path.cwd())
        shown = str(Path(where.file).relative_to(Path.cwd())) if where.file and near else where.file
        yield f"{_INDENT}{place(replace(where, file=shown))}"
    text = _code(examined, where.file, where.line) if where.file and where.line else ""
    if text:
        shown = f"{_INDENT}{where.line:>5} | {text}"
        yield shown if len(shown) <= WIDTH else f"{shown[: WIDTH - 4]} ..."


def _code(examined: Examined, file: str, line: int) -> str:
    """A line as the run stored it; as the file has it today where it stored none."""
    stored = examined.run / NAME
    kept = read_json(stored) if stored.is_file() else {}
    return dict(excerpt(kept, file, line).lines).get(line, "").strip()


def _remedies(shown: Item) -> Iterator[str]:
    if shown.remedies and not shown.explained_by:
        yield from wrapped("Try: " + "; ".join(shown.remedies[:3]) + ".", _INDENT)


def _checked(examined: Examined) -> Iterator[str]:
    """What was looked at and what could not be."""
    yield from wrapped(words.checked(examined))
    if unseen := words.unseen(examined):
        yield from wrapped("Not seen: " + " ".join(unseen))
    if skipped := words.skipped(examined):
        yield from wrapped(f"Tests left out: {'; '.join(skipped)}")


def _verdicts(examined: Examined) -> Iterator[str]:
    for verdict in examined.verdicts:
        if verdict.status not in (Status.FOUND, Status.SUSPECTED):
            yield f"{verdict.status.value:14}  {verdict.code:4} {verdict.slug}: {verdict.reason}"
