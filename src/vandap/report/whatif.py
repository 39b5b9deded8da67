"""The answer to a what-if for a terminal."""

from __future__ import annotations

import math
import textwrap
from pathlib import Path

from vandap.ask.whatif.record import Answered
from vandap.core.experiment import Arm, Outcome
from vandap.report import metric as metrics
from vandap.report.fixed import confidence, needed, trainings

_WIDTH = 100
_COLUMNS = 48
_CUT = (
    "Measured: the budget was spent before the first look, five seeds of each arm. Give the command again, at best "
    "with a larger --budget: it goes on where it was."
)


def whatif_text(answered: Answered, report: Path | None = None) -> str:
    """Theory, the edit, the experiment with its interval, the mechanism, and the short version.

    Args:
        answered: The answer.
        report: The page in the run folder; None where there is none.
    """
    experiment = answered.experiment
    parts = [
        f"What if {answered.question}?  ({answered.subject})",
        _wrapped(f"Theory: {answered.prediction}{_sources(answered)}"),
        answered.edit.strip("\n"),
    ]
    outcome = experiment.outcome
    if outcome is None:
        parts.append(_wrapped(_CUT))
    else:
        parts += [_measured(answered, outcome), *(_wrapped(note) for note in (*outcome.notes, needed(outcome)))]
    parts.append(_strip(experiment.reference, experiment.changed))
    parts += [_wrapped(answered.mechanism), _inside(answered)]
    parts.append(_wrapped(f"In short: {answered.short}"))
    if experiment.hypothesis > 1:
        parts.append(f"This is question {experiment.hypothesis} to this run: of twenty, one finds something by chance.")
    parts.append(f"Run: {answered.run}" if report is None else f"Report: {report}")
    return "\n\n".join(part for part in parts if part)


def _sources(answered: Answered) -> str:
    return f" ({'; '.join(answered.sources)})" if answered.sources else ""


def _measured(answered: Answered, outcome: Outcome) -> str:
    effect = outcome.effect
    return _wrapped(
        f"Measured: {metrics.title(answered.metric)} {effect.difference:+.3g}, {confidence(effect)} interval "
        f"[{effect.low:.3g}, {effect.high:.3g}], {trainings(outcome)}: {outcome.decision.value}. Positive is better."
    )


def _strip(reference: Arm, changed: Arm) -> str:
    """The scores of the seeds as marks on one line an arm."""
    scores = [trial.score for arm in (reference, changed) for trial in arm.trials if math.isfinite(trial.score)]
    if not scores:
        return ""
    low, high = min(scores), max(scores)
    width = max(len(reference.name), len(changed.name))
    lines = [f"{arm.name:<{width}}  |{_marks(arm, low, high)}|" for arm in (reference, changed)]
    return "\n".join([*lines, f"{'':<{width}}   {low:<{_COLUMNS // 2}.4g}{high:>{_COLUMNS - _COLUMNS // 2}.4g}"])


def _marks(arm: Arm, low: float, high: float) -> str:
    row = [" "] * _COLUMNS
    for trial in arm.trials:
        if math.isfinite(trial.score):
            place = round((trial.score - low) / (high - low) * (_COLUMNS - 1)) if high > low else 0
            row[place] = "2" if row[place] == "o" else "+" if row[place] in "2+" else "o"
    return "".join(row)


def _inside(answered: Answered) -> str:
    """Every quantity that was watched in both arms."""
    rows = [(name, _number(before), _number(after)) for name, before, after in answered.seen]
    if not rows:
        return ""
    head = ("", answered.experiment.reference.name, answered.experiment.changed.name)
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(3)]
    lines = [f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}" for row in (head, *rows)]
    return "\n".join(line.rstrip() for line in lines)


def _number(value: float) -> str:
    return f"{value:.3g}" if math.isfinite(value) else "-"


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _WIDTH) if text else ""
