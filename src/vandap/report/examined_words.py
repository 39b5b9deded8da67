"""What an exam comes to, in words: the terminal and the page say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from vandap.core.ending import ENDED, EXITED
from vandap.core.examined import Examined
from vandap.core.finding import Finding, Severity, Status
from vandap.report import format as written

_FAMILIES = {"A": "data", "B": "structure", "C": "dynamics", "D": "evaluation", "E": "system"}
_LOOKED = (Status.CLEAR, Status.FOUND, Status.SUSPECTED)


def roots(examined: Examined) -> tuple[Finding, ...]:
    """Return the findings that no other explains."""
    return tuple(finding for finding in examined.findings if finding.explained_by is None)


def doubts(examined: Examined) -> tuple[Finding, ...]:
    """Return the tips that are suspected only, where they are several: none of them is worth a paragraph then.

    One that would account for an issue is: it may be the root.
    """
    likely = {finding.suspect for finding in examined.findings}
    suspected = tuple(
        finding
        for finding in roots(examined)
        if finding.code in examined.suspected and finding.severity is Severity.TIP and finding.name not in likely
    )
    return suspected if len(suspected) > 1 else ()


def effects(examined: Examined) -> Mapping[str, tuple[Finding, ...]]:
    """Return what other findings account for, by their causes' code and slug: it goes away with its cause."""
    found: dict[str, tuple[Finding, ...]] = {}
    for finding in examined.findings:
        if finding.explained_by is not None:
            found[finding.explained_by] = (*found.get(finding.explained_by, ()), finding)
    return found


def name(examined: Examined) -> str:
    """Return what was examined, as short as it is still known: the script's or the model's name."""
    return Path(examined.subject).name or examined.subject


def headline(examined: Examined) -> str:
    """Return the verdict in a few words: `2 issues and 1 tip`, or that it is healthy."""
    severities = Counter(finding.severity for finding in roots(examined))
    parts = [
        written.plural(severities[severity], severity.value)
        for severity in (Severity.ISSUE, Severity.TIP)
        if severities[severity]
    ]
    if parts:
        return " and ".join(parts)
    if decided(examined) == 0:
        return "nothing could be examined"
    return "healthy as far as it was examined" if not examined.failed else "no fault found"


def decided(examined: Examined) -> int:
    """Return how many rules could look."""
    return sum(verdict.status in _LOOKED for verdict in examined.verdicts)


def ending(examined: Examined) -> str:
    """Say how the script ended, where that was not by its last line."""
    ending = examined.ending
    if ending is None or (ending.how in (ENDED, EXITED) and ending.exit_code == 0):
        return ""
    told = f"The script {_how(ending.how, ending.exit_code)} after {written.seconds(ending.seconds)}"
    at = f", at {' > '.join(ending.stopped_at[-3:])}" if ending.stopped_at else ""
    return f"{told}{at}."


def _how(how: str, code: int) -> str:
    if code < 0:
        return f"was killed by signal {-code}"
    return {
        "exited": f"exited with code {code}",
        "timed out": "was stopped by --timeout",
        "interrupted": "was interrupted",
        "stopped before training": "was ended at its first fit, as asked,",
    }.get(how, how)


def checked(examined: Examined) -> str:
    """Say what was looked at."""
    counts = Counter(verdict.code[0] for verdict in examined.verdicts if verdict.status in _LOOKED)
    if not counts:
        return ""
    families = ", ".join(f"{name} {counts[code]}" for code, name in _FAMILIES.items() if counts[code])
    return f"Checked: {written.plural(sum(counts.values()), 'rule')} ({families}){_training(examined)}."


def unseen(examined: Examined) -> tuple[str, ...]:
    """Say what could not be watched, one sentence each."""
    reason = str(examined.watch.get("reason") or "")
    told = examined.unseen if examined.watch else examined.trouble  # of an unwatched run, names of signals
    sentences = [*([reason] if reason else []), *told, *_other_fits(examined)]
    return tuple(f"{written.sentence(sentence.rstrip('.'))}." for sentence in sentences if sentence)


def skipped(examined: Examined) -> tuple[str, ...]:
    """Say which decisive tests were left out, and why."""
    left = examined.tests.get("skipped") or {}
    return tuple(f"{written.words(name)}: {reason}" for name, reason in left.items())


def _other_fits(examined: Examined) -> Iterator[str]:
    """That one fit of several, or some of them, are judged: what the others did may be another matter."""
    program = examined.program
    if program is None or program.calls <= program.fit.calls:
        return
    fit, first = program.fit, program.main_call + 1
    told, number = "One fit was judged", f"number {first} of {program.calls}"
    if fit.calls > 1:
        told = f"{fit.calls} fits were judged as one training, as each went on where the one before had ended"
        number = f"numbers {first} to {first + fit.calls - 1} of {program.calls}"
    line = f", at line {fit.site.line}" if fit.site.line else ""
    yield f"{told}, {number}{line}; the others were not, also where they trained the same model."


def _training(examined: Examined) -> str:
    program = examined.program
    if program is None or not program.fits:
        return ""
    fit = program.fit
    calls = (
        f", in {written.count(fit.calls)} calls of fit of which each went on with the training" if fit.calls > 1 else ""
    )
    steps = f"{written.plural(fit.steps, 'step')} of training{calls}"
    return f" on {written.plural(len(program.layers), 'layer')} and {steps}"
