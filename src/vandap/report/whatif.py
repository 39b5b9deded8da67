"""The answer to a what-if for a terminal."""

from __future__ import annotations

import math
import textwrap

from vandap.ask.whatif.record import Answered
from vandap.core.experiment import Arm, Outcome

_WIDTH = 100
_COLUMNS = 48


def whatif_text(answered: Answered) -> str:
    """Theory, the experiment with its interval, the mechanism, and the short version."""
    experiment = answered.experiment
    parts = [
        f"What if {answered.question}?  ({answered.subject})",
        _wrapped(f"Theory: {answered.prediction}{_sources(answered)}"),
    ]
    outcome = experiment.outcome
    if outcome is None:
        parts.append("The budget was spent before the first look of five seeds of each arm; give a larger --budget.")
    else:
        parts += [_measured(answered, outcome), *outcome.notes]
    parts.append(_strip(experiment.reference, experiment.changed))
    parts.append(_wrapped(answered.mechanism))
    parts.append(_wrapped(f"In short: {answered.short}"))
    if experiment.hypothesis > 1:
        parts.append(f"This is question {experiment.hypothesis} to this run: of twenty, one finds something by chance.")
    return "\n\n".join(part for part in parts if part)


def _sources(answered: Answered) -> str:
    return f" ({'; '.join(answered.sources)})" if answered.sources else ""


def _measured(answered: Answered, outcome: Outcome) -> str:
    effect = outcome.effect
    return _wrapped(
        f"Measured: {answered.metric} {effect.difference:+.3g}, 95 % interval [{effect.low:.3g}, {effect.high:.3g}], "
        f"{effect.seeds} seeds of each arm on {effect.count} held-out rows: {outcome.decision.value}. "
        "Positive is better."
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


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _WIDTH) if text else ""
