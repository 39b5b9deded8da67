"""An exam for the terminal: what was found, where, by which numbers; or what was checked and found healthy."""

from __future__ import annotations

import linecache
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from vandap.core.ending import ENDED, EXITED
from vandap.core.examined import Examined
from vandap.core.finding import Finding, Severity, Status
from vandap.report import format as written
from vandap.report.text import wrapped
from vandap.report.views.findings import Item, item, place

_FAMILIES = {"A": "data", "B": "structure", "C": "dynamics", "D": "evaluation", "E": "system"}
_INDENT = "  "


def examined_text(examined: Examined, *, every_verdict: bool = False) -> str:
    """Return an exam as text, at most 100 characters wide.

    Args:
        examined: The exam.
        every_verdict: Whether rules that found nothing, or could not look, are listed as well.
    """
    blocks = [[_head(examined), *_script(examined)]]
    roots = [finding for finding in examined.findings if finding.explained_by is None]
    blocks += [list(_finding(finding, examined)) for finding in roots]
    blocks += [
        list(_explained(examined)),
        list(_checked(examined)),
        list(_verdicts(examined)) if every_verdict else [],
        [f"Run: {examined.run}"],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _head(examined: Examined) -> str:
    severities = Counter(finding.severity for finding in examined.findings if finding.explained_by is None)
    parts = [
        written.plural(severities[severity], severity.value)
        for severity in (Severity.ISSUE, Severity.TIP)
        if severities[severity]
    ]
    name = Path(examined.subject).name or examined.subject
    if parts:
        return f"{name}: {' and '.join(parts)}"
    if _decided(examined) == 0:
        return f"{name}: nothing could be examined"
    return f"{name}: healthy as far as it was examined" if not examined.failed else f"{name}: no fault found"


def _script(examined: Examined) -> Iterator[str]:
    """How the script ended, where that was not by its last line."""
    ending = examined.ending
    if ending is None or (ending.how in (ENDED, EXITED) and ending.exit_code == 0):
        return
    told = f"The script {_how(ending.how, ending.exit_code)} after {written.seconds(ending.seconds)}"
    at = f", at {' > '.join(ending.stopped_at[-3:])}" if ending.stopped_at else ""
    yield from wrapped(f"{told}{at}.")


def _how(how: str, code: int) -> str:
    if code < 0:
        return f"was killed by signal {-code}"
    return {
        "exited": f"exited with code {code}",
        "timed out": "was stopped by --timeout",
        "interrupted": "was interrupted",
        "stopped before training": "was ended at its first fit, as asked,",
    }.get(how, how)


def _finding(finding: Finding, examined: Examined) -> Iterator[str]:
    shown = item(finding, finding.code in examined.suspected)
    mark = "!" if finding.severity is Severity.ISSUE else "-"
    doubt = " (suspected)" if shown.suspected else ""
    yield f"{mark} {shown.code} {shown.title}{doubt}"
    yield from _where(finding)
    yield from wrapped(shown.message, _INDENT)
    yield from _remedies(shown)


def _explained(examined: Examined) -> Iterator[str]:
    """What other findings account for, a line for each cause: it goes away with its cause."""
    causes: dict[str, list[str]] = {}
    for finding in examined.findings:
        if finding.explained_by is not None:
            doubt = " (suspected)" if finding.code in examined.suspected else ""
            causes.setdefault(finding.explained_by, []).append(f"{finding.code} {written.words(finding.slug)}{doubt}")
    for cause, effects in causes.items():
        yield from wrapped(f"Explained by {cause}: {', '.join(effects)}.")


def _where(finding: Finding) -> Iterator[str]:
    """The place, and the line of code there."""
    where = finding.where
    if where.layer or where.file:
        near = where.file is not None and Path(where.file).is_relative_to(Path.cwd())
        shown = str(Path(where.file).relative_to(Path.cwd())) if where.file and near else where.file
        yield f"{_INDENT}{place(replace(where, file=shown))}"
    text = linecache.getline(where.file, where.line).strip() if where.file and where.line else ""
    if text:
        yield f"{_INDENT}{where.line:>5} | {text}"


def _remedies(shown: Item) -> Iterator[str]:
    if shown.remedies and not shown.explained_by:
        yield from wrapped("Try: " + "; ".join(shown.remedies[:3]) + ".", _INDENT)


def _checked(examined: Examined) -> Iterator[str]:
    """What was looked at and what could not be."""
    counts = Counter(
        verdict.code[0]
        for verdict in examined.verdicts
        if verdict.status in (Status.CLEAR, Status.FOUND, Status.SUSPECTED)
    )
    if counts:
        families = ", ".join(f"{name} {counts[code]}" for code, name in _FAMILIES.items() if counts[code])
        yield from wrapped(
            f"Checked: {written.plural(sum(counts.values()), 'rule')} ({families}){_training(examined)}."
        )
    reason = str(examined.watch.get("reason") or "")
    sentences = [*([reason] if reason else []), *(examined.unseen if examined.watch else ())]
    if sentences:
        yield from wrapped("Not seen: " + " ".join(sentence.rstrip(".") + "." for sentence in sentences))
    skipped = examined.tests.get("skipped") or {}
    if skipped:
        told = "; ".join(f"{written.words(name)}: {reason}" for name, reason in skipped.items())
        yield from wrapped(f"Tests left out: {told}")


def _training(examined: Examined) -> str:
    program = examined.program
    if program is None or not program.fits:
        return ""
    fit = program.fit
    return f" on {written.plural(len(program.layers), 'layer')} and {written.plural(fit.steps, 'step')} of training"


def _verdicts(examined: Examined) -> Iterator[str]:
    for verdict in examined.verdicts:
        if verdict.status not in (Status.FOUND, Status.SUSPECTED):
            yield f"{verdict.status.value:14}  {verdict.code:4} {verdict.slug}: {verdict.reason}"


def _decided(examined: Examined) -> int:
    return sum(verdict.status in (Status.CLEAR, Status.FOUND, Status.SUSPECTED) for verdict in examined.verdicts)
