"""A repair as text for a terminal and as a document."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from vandap.core.estimate import Decision
from vandap.core.examined import Examined
from vandap.core.experiment import Outcome
from vandap.repair import record
from vandap.repair.record import Fixed

_HEADS = {
    record.PROVED: "Better, and proved",
    record.NOT_PROVED: "Not proved",
    record.NOTHING_HELPED: "Nothing that was tried helped",
    record.NOTHING_TO_TRY: "Nothing that vandap can change by itself",
    record.NOTHING_FOUND: "Nothing was found that should be changed",
    record.OUT_OF_BUDGET: "The budget was spent before the proof",
}
MOST_HINTS = 8


def fixed_text(fixed: Fixed) -> str:
    """The repair for a terminal: the verdict, what was kept and dropped, what is left to a person, the diff."""
    parts = [_verdict(fixed), _kept(fixed), _dropped(fixed), _hints(fixed), "\n".join(fixed.notes), _cost(fixed)]
    return "\n\n".join(part for part in [*parts, fixed.diff.rstrip("\n")] if part)


def fixed_document(fixed: Fixed, examined: Examined, written: tuple[str, ...] = ()) -> Mapping[str, Any]:
    """The repair as `vandap fix --json` prints it."""
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
        "recommended": "changed" if fixed.status == record.PROVED else "as it is",
        "findings": examined.findings,
        "experiments": [] if outcome is None else [_experiment(fixed, outcome)],
        "kept": fixed.kept,
        "dropped": fixed.dropped,
        "advice": fixed.hints,
        "diff": fixed.diff,
        "written": written,
        "trainings": fixed.trainings,
        "seconds": fixed.seconds,
        "notes": fixed.notes,
        "report": None,
    }


def _experiment(fixed: Fixed, outcome: Outcome) -> dict[str, Any]:
    experiment = fixed.experiment
    assert experiment is not None
    return {"name": experiment.name, "question": experiment.question, "part": experiment.part, **outcome.document()}


def _verdict(fixed: Fixed) -> str:
    head = f"{_HEADS.get(fixed.status, fixed.status)}: {fixed.subject}"
    outcome = fixed.experiment.outcome if fixed.experiment is not None else None
    if outcome is None:
        return head
    effect = outcome.effect
    measured = (
        f"{fixed.metric} {_number(fixed.before)} -> {_number(fixed.after)} on {fixed.rows[1]} held-out rows that "
        f"screened nothing, {effect.seeds} fresh seeds of each arm."
    )
    interval = (
        f"Difference {effect.difference:+.3g}, 95 % interval [{effect.low:.3g}, {effect.high:.3g}]: "
        f"{outcome.decision.value}."
    )
    lines = [head, measured, interval, *outcome.notes]
    if outcome.decision is Decision.CANNOT_TELL and outcome.needed is not None:
        lines.append(_needed(outcome))
    return "\n".join(lines)


def _needed(outcome: Outcome) -> str:
    needed = outcome.needed
    assert needed is not None
    if needed.seeds is not None:
        took = f", about {needed.seconds / 60:.3g} minutes" if needed.seconds is not None else ""
        return f"{needed.seeds} seeds of each arm would probably tell{took}: give a larger --budget."
    if needed.examples is not None:
        return f"About {needed.examples:,} held-out rows would be needed to tell."
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
    return "\n".join(["Tried and left out", *(f"  {step.words}: {step.why}" for step in fixed.dropped)])


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


def _cost(fixed: Fixed) -> str:
    if not fixed.trainings:
        return ""
    return f"{fixed.trainings} trainings in {fixed.seconds:.0f} s; everything is in {fixed.run}"


def _number(value: float) -> str:
    return f"{value:.4g}" if math.isfinite(value) else "nothing"
