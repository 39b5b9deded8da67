"""The rules' answer to one stored member, compared with the truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from zoo.records import Truth
from zoo.stored import Outcome, Stored, read

from vandap.core.finding import Finding, Severity, Status, Verdict
from vandap.core.program import Program
from vandap.diagnose import catalogue
from vandap.diagnose.engine import diagnose

SYMPTOMS = {
    "non-finite-training", "exploding-gradient", "vanishing-gradient", "dead-units", "saturated-units",
    "weights-do-not-change", "diverging-weights", "diverging-loss", "stuck-loss", "oscillating-loss", "loss-spike",
    "activation-drift", "collapsed-output", "batch-noise", "overfitting", "underfitting", "suspicious-validation",
    "wrong-initial-loss", "cannot-overfit-one-batch", "input-ignored", "label-signal-absent", "train-inference-gap",
    "class-failure", "within-seed-noise", "miscalibrated",
}  # fmt: skip
"""Names that say how a fault shows, not what it is (`goals/faults.md`)."""
CALLED = ("compile", "fit")
"""Components that a script writes in a line, which must then be the right one."""


@dataclass(frozen=True)
class Judged:
    """One member with what the rules said.

    Args:
        outcome: What came of it.
        truth: What is wrong; None for healthy members.
        findings: Alarms: issues that no other finding explains, in the order in which they are shown.
        tips: Names of rules that gave a tip. Tips neither detect nor alarm.
        crashed: Rules that crashed.
        suspected: Names of rules that ended in a suspicion.
        rise: Last validation loss over the best one; NaN without validation.
        places: Layers that count as the place.
    """

    outcome: Outcome
    truth: Truth | None
    findings: tuple[Finding, ...]
    tips: tuple[str, ...]
    crashed: tuple[str, ...]
    suspected: tuple[str, ...]
    rise: float
    places: frozenset[str]

    @property
    def detected(self) -> bool:
        """Whether there is any alarm."""
        return bool(self.findings)

    @property
    def cause(self) -> Finding | None:
        """The first alarm that names a cause; where only symptoms are told, the first of them."""
        causes = [finding for finding in self.findings if finding.fault not in SYMPTOMS]
        return next(iter(causes or self.findings), None)

    @property
    def named(self) -> bool:
        """Whether the first cause has an acceptable name."""
        return self.cause is not None and self.truth is not None and self.cause.fault in self.truth.faults

    @property
    def named_best(self) -> bool:
        """Whether the first cause has the first of the acceptable names."""
        return self.cause is not None and self.truth is not None and self.cause.fault == self.truth.faults[0]

    @property
    def placed(self) -> bool:
        """Whether the first cause points at the right layer, line or component."""
        if self.cause is None or self.truth is None:
            return False
        where = self.cause.where
        if where.line in self.truth.lines or where.layer in self.places:
            return True
        if self.outcome.name.startswith("script-") and where.line is not None and where.component in CALLED:
            return False
        return where.component in self.truth.components and where.component != "model"


def judged(path: Path, full_voice: bool = False) -> Judged:
    """Read a stored member and ask every rule."""
    stored = read(path)
    verdicts = diagnose(stored.evidence, catalogue.rules() if full_voice else None)
    truth, places = _truth(stored)
    return Judged(
        stored.outcome,
        truth,
        _alarms(verdicts),
        tuple(finding.slug for finding in _found(verdicts) if finding.severity is Severity.TIP),
        tuple(verdict.code for verdict in verdicts if verdict.status is Status.CRASHED),
        tuple(verdict.slug for verdict in verdicts if verdict.status is Status.SUSPECTED),
        _rise(stored),
        places,
    )


def _alarms(verdicts: Sequence[Verdict]) -> tuple[Finding, ...]:
    return tuple(item for item in _found(verdicts) if item.severity is Severity.ISSUE)


def _found(verdicts: Sequence[Verdict]) -> Iterator[Finding]:
    """Findings that no other explains."""
    found = (verdict.finding for verdict in verdicts if verdict.status is Status.FOUND)
    return (item for item in found if item and not item.explained_by)


def _rise(stored: Stored) -> float:
    curve = stored.evidence.get("val_loss")
    if curve is None or not len(curve.values) or not np.isfinite(curve.values).all() or curve.values.min() <= 0:
        return float("nan")
    return float(curve.values[-1] / curve.values.min())


def _truth(stored: Stored) -> tuple[Truth | None, frozenset[str]]:
    """The truth as the zoo knows it now, so that a corrected truth needs no new training."""
    name = stored.outcome.name
    if stored.outcome.kind != "sick":
        return None, frozenset()
    program = stored.evidence.get("program")
    program = program if isinstance(program, Program) else Program()
    if name.startswith("script-"):
        from zoo.scripts import script

        found = script(name.removeprefix("script-"))
        return found.truth, _named_places(found.places, program)
    from zoo.faulty import OPERATORS

    operator = next(item for item in OPERATORS if item.name == name.split("+")[1])
    return operator.truth(), frozenset(operator.layers) & {layer.name for layer in program.layers}


def _named_places(places: Sequence[int | str], program: Program) -> frozenset[str]:
    """Layers by the number that `model.layers` gives them: a Sequential model leaves its input out."""
    layers = [layer for layer in program.layers if not layer.parent]
    if program.model == "Sequential":
        layers = [layer for layer in layers if layer.kind != "InputLayer"]
    found = {place for place in places if isinstance(place, str)}
    for place in places:
        if isinstance(place, int) and -len(layers) <= place < len(layers):
            found |= {layers[place].path, layers[place].name}
    return frozenset(found)
