"""A repair as text for a terminal and as a document."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vandap.core.estimate import Decision
from vandap.core.examined import Examined
from vandap.core.experiment import Effect, Outcome
from vandap.core.finding import Severity
from vandap.repair import record
from vandap.repair.record import Fixed
from vandap.repair.searches import DEFAULT
from vandap.report.format import plural
from vandap.report.text import wrapped

HEADS = {
    record.PROVED: "Better, and proved",
    record.RUNS: "It trains now; that it beats the dummy baseline is not proved",
    record.NOT_PROVED: "Not proved",
    record.NOTHING_HELPED: "Nothing that was tried helped",
    record.NOTHING_TO_TRY: "Nothing that vandap can change by itself",
    record.NOTHING_FOUND: "Nothing was found that should be changed",
    record.OUT_OF_BUDGET: "The budget was spent before the proof",
}
MOST_HINTS = 8
FOLDED = "corrected resampled t"
"""`Effect.method` of repeated folds."""
_MOST_SEEDS, _MOST_TIMES = 500, 10
"""Seeds, and multiples of the rows at hand, beyond which nobody will look."""
_KINDS = {"+": "added", "-": "removed", "@": "place"}


def fixed_text(fixed: Fixed, examined: Examined, report: Path | None = None) -> str:
    """The repair for a terminal: the verdict, what was kept and dropped, what is left to a person, the diff.

    Args:
        fixed: The repair.
        examined: The exam that it began with.
        report: The page in the run folder; None where there is none.
    """
    parts = [_verdict(fixed), unanswered(fixed, examined), _untried(fixed, examined), _kept(fixed), _dropped(fixed)]
    parts += [_hints(fixed), "\n".join(fixed.notes), _cost(fixed, report)]
    return "\n\n".join(part for part in [*parts, fixed.diff.rstrip("\n")] if part)


def fixed_document(
    fixed: Fixed, examined: Examined, written: tuple[str, ...] = (), report: Path | None = None
) -> Mapping[str, Any]:
    """The repair as `vandap fix --json` prints it.

    Args:
        fixed: The repair.
        examined: The exam that it began with.
        written: Files that were edited.
        report: The page in the run folder; None where there is none.
    """
    outcome = fixed.experiment.outcome if fixed.experiment is not None else None
    return {
        "run": fixed.run,
        "task": fixed.task,
        "status": fixed.status,
        "metric": {"name": fixed.metric, "value": fixed.after, "interval": [None, None], "split": "confirm"},
        "baseline": {"name": "as it is", "value": fixed.before, "interval": [None, None]},
        "comparison": None
        if outcome is None
        else {
            "difference": outcome.effect.difference,
            "interval": [outcome.effect.low, outcome.effect.high],
            "verdict": outcome.decision,
        },
        "test": None if fixed.test is None else fixed.test.document(),
        "recommended": "changed" if fixed.kept else "as it is",
        "findings": examined.findings,
        "experiments": [] if outcome is None else [_experiment(fixed, outcome)],
        "kept": fixed.kept,
        "dropped": fixed.dropped,
        "advice": fixed.hints,
        "diff": fixed.diff,
        "written": written,
        "search": fixed.search,
        "trainings": fixed.trainings,
        "seconds": fixed.seconds,
        "notes": fixed.notes,
        "report": None if report is None else str(report),
    }


def diff_lines(diff: str) -> Iterator[tuple[str, str]]:
    """Return the lines of a unified diff, each with its kind: `name`, `place`, `added`, `removed`, or nothing."""
    for line in diff.splitlines():
        is_name = line.startswith(("--- a/", "+++ b/"))
        yield "name" if is_name else _KINDS.get(line[:1], ""), line


def _experiment(fixed: Fixed, outcome: Outcome) -> dict[str, Any]:
    experiment = fixed.experiment
    assert experiment is not None
    return {"name": experiment.name, "question": experiment.question, "part": experiment.part, **outcome.document()}


def _verdict(fixed: Fixed) -> str:
    head = f"{HEADS.get(fixed.status, fixed.status)}: {fixed.subject}"
    outcome = fixed.experiment.outcome if fixed.experiment is not None else None
    if fixed.status == record.OUT_OF_BUDGET:
        return f"{head}\nThe same command with a larger --budget goes on from here."
    if outcome is None:
        return head
    effect = outcome.effect
    folded = experiment_is_folded(outcome)
    where = "over repeated folds" if folded else f"on {fixed.rows[1]} held-out rows that screened nothing"
    measured = (
        f"{fixed.metric} {_number(fixed.before)} -> {_number(fixed.after)} {where}, {effect.seeds} fresh "
        f"{'trainings' if folded else 'seeds'} of each arm."
    )
    interval = (
        f"Gain {effect.difference:+.3g}, {confidence(effect)} interval [{effect.low:.3g}, {effect.high:.3g}], positive "
        f"is better: {outcome.decision.value}."
    )
    why = "" if fixed.metric == "accuracy" else fixed.why  # that is what everyone expects
    lines = [head, measured, interval, why, *outcome.notes, on_test(fixed)]
    return "\n".join(line for line in [*lines, needed(outcome)] if line)


def _untried(fixed: Fixed, examined: Examined) -> str:
    """What was found where no change answers it."""
    still_stops = fixed.status == record.NOTHING_HELPED and not fixed.screened
    if fixed.status != record.NOTHING_TO_TRY and not still_stops:
        return ""
    return "\n".join(f"{finding.name}: {finding.message}" for finding in examined.findings)


def unanswered(fixed: Fixed, examined: Examined) -> str:
    """Return that the likeliest cause is one that the source could not be given a change for; nothing elsewhere."""
    first = next((item for item in examined.findings if item.explained_by is None), None)
    if first is None or first.severity is not Severity.ISSUE or any(first.name in step.finding for step in fixed.kept):
        return ""
    refused = next((hint for hint in fixed.hints if hint.finding == first.name and hint.reason), None)
    tried = any(first.name in step.finding for step in fixed.dropped)
    if refused is None or tried:
        return ""
    return f"The likeliest cause, {first.name}, is one that vandap could not edit here: see what is left to do by hand."


def confidence(effect: Effect) -> str:
    """How sure the interval of an effect is, in per cent."""
    return f"{100 * (1 - effect.alpha):.6g} %"


def experiment_is_folded(outcome: Outcome) -> bool:
    """Whether repeated folds decided."""
    return outcome.effect.method == FOLDED


def trainings(outcome: Outcome) -> str:
    """How many trainings of each arm decided, and on which rows."""
    effect = outcome.effect
    if experiment_is_folded(outcome):
        return f"{effect.seeds} trainings of each arm on repeated folds of {plural(effect.count, 'row')}"
    return f"{plural(effect.seeds, 'seed')} of each arm on {plural(effect.count, 'held-out row')}"


def on_test(fixed: Fixed) -> str:
    """Return the gain on the test part as a sentence; nothing where it was not read."""
    if fixed.test is None:
        return ""
    effect = fixed.test.effect
    label = " ".join(("", *fixed.test.notes)).rstrip()
    return (
        f"On the test part, read once for this: {effect.difference:+.3g} [{effect.low:.3g}, {effect.high:.3g}] on "
        f"{effect.count} rows: {fixed.test.decision.value}.{label}"
    )


def needed(outcome: Outcome) -> str:
    """Return what would tell, after `cannot tell`; nothing after another verdict."""
    more = outcome.needed
    if outcome.decision is not Decision.CANNOT_TELL or more is None:
        return ""
    if (more.seeds or 0) > _MOST_SEEDS or (more.examples or 0) > _MOST_TIMES * outcome.effect.count:
        return "The difference, if there is any, is too small for these data and any usual budget to show it."
    if more.seeds is not None:
        took = f", about {more.seconds / 60:.3g} minutes" if more.seconds is not None else ""
        return f"{more.seeds} seeds of each arm would probably tell{took}: give a larger --budget."
    if more.examples is not None:
        return f"About {more.examples:,} held-out rows would be needed to tell."
    return "No budget would tell."


def _kept(fixed: Fixed) -> str:
    if not fixed.kept:
        return ""
    return "\n".join(["Kept", *(f"  {step.words}  ({_for(step.finding, step.remedy)})" for step in fixed.kept)])


def _for(finding: str, remedy: str) -> str:
    return f"{remedy}, for {finding}" if finding else remedy


def _dropped(fixed: Fixed) -> str:
    if not fixed.dropped:
        return ""
    reasons = dict.fromkeys(step.why for step in fixed.dropped)
    told = {why: "; ".join(step.words for step in fixed.dropped if step.why == why) for why in reasons}
    lines = [line for why, words in told.items() for line in wrapped(f"{words}: {why}", "  ")]
    return "\n".join(["Left out", *lines])


def _hints(fixed: Fixed) -> str:
    if not fixed.hints:
        return ""
    return "\n".join(["By hand", *_hint_lines(fixed)])


def _hint_lines(fixed: Fixed) -> Iterator[str]:
    for hint in fixed.hints[:MOST_HINTS]:
        place = f"{hint.file}:{hint.line}: " if hint.line else ""
        reason = f" ({hint.reason})" if hint.reason else ""
        yield f"  {place}{hint.words}{reason}"
    if len(fixed.hints) > MOST_HINTS:
        yield f"  and {len(fixed.hints) - MOST_HINTS} more, in --json"


def _cost(fixed: Fixed, report: Path | None) -> str:
    how = "" if fixed.search == DEFAULT else f" ({fixed.search} search)"
    spent = f"{fixed.trainings} trainings in {fixed.seconds:.0f} s{how}." if fixed.trainings else ""
    place = f"Run: {fixed.run}" if report is None else f"Report: {report}"
    return f"{spent} {place}".strip()


def _number(value: float) -> str:
    return f"{value:.4g}" if math.isfinite(value) else "nothing"
