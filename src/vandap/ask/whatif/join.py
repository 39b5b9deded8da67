"""Joins the parts of a what-if: each thing is changed once, and some parts follow what the others change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from vandap.ask.whatif.form import Subject
from vandap.errors import UsageError
from vandap.repair.changes.change import Change
from vandap.repair.changes.data import DataShare
from vandap.repair.changes.optimisation import BatchSize, Epochs, LearningRate, Optimiser, OptimiserSetting, Schedule
from vandap.repair.changes.output import FromLogits, OutputActivation, SetLoss
from vandap.repair.changes.structure import Insert

Changes = tuple[Change, ...]


def joined(parts: Sequence[tuple[str, Changes]], subject: Subject) -> Changes:
    """The changes of all parts of a what-if, made together.

    Args:
        parts: The words of each part, and the changes that they mean by themselves.
        subject: The training.

    Raises:
        UsageError: Two parts change the same thing.
    """
    for (one, changes), (other, others) in combinations(parts, 2):
        if {_settled(change) for change in changes} & {_settled(change) for change in others}:
            raise UsageError(
                "Two parts of this what-if change the same thing.",
                received=f"{one}, {other}",
                expected="parts that each change something else",
                hint="Ask them one after the other, or as one part: `optimizer=sgd(0.1)` sets a rate, too.",
            )
    together = [change for _, changes in parts for change in changes]
    return tuple(sorted(_with_logits(_with_decay(together, subject), subject), key=_turn))


def _settled(change: Change) -> str:
    """What a change settles: its place, but that some which share one go together."""
    if isinstance(change, OptimiserSetting):
        return change.name
    return change.slug if isinstance(change, Schedule | FromLogits) else change.place


def _turn(change: Change) -> int:
    """What comes in stands behind what is taken out; a part of the rows shortens what all others set."""
    return 2 if isinstance(change, DataShare) else int(isinstance(change, Insert))


def _with_logits(changes: list[Change], subject: Subject) -> list[Change]:
    """Let another cross-entropy take the outputs for logits where the one before did."""
    losses = subject.program.compile.losses
    of_logits = len(losses) == 1 and losses[0].from_logits
    told = any(isinstance(change, FromLogits | OutputActivation) for change in changes)
    new = next((change for change in changes if isinstance(change, SetLoss)), None)
    if new is None or told or not of_logits or "crossentropy" not in new.name:
        return changes
    return [*changes, FromLogits(True)]


def _with_decay(changes: list[Change], subject: Subject) -> list[Change]:
    """Let a schedule begin at the rate that the other changes set, and last as many steps as they leave."""
    schedule = next((change for change in changes if isinstance(change, Schedule)), None)
    if schedule is not None:
        rates = {LearningRate: "value", Optimiser: "rate"}
        found = [getattr(change, rates[type(change)]) for change in changes if type(change) in rates]
        schedule = replace(schedule, rate=found[0] if found else schedule.rate, steps=_steps(changes, subject))
        changes = [change for change in changes if not isinstance(change, LearningRate | Schedule)] + [schedule]
    return changes


def _steps(changes: Sequence[Change], subject: Subject) -> int:
    """Optimiser steps of the training with some changes."""
    fit, steps = subject.program.fit, float(subject.case.steps)
    epochs = next((change.count for change in changes if isinstance(change, Epochs)), fit.epochs)
    batch = next((change.size for change in changes if isinstance(change, BatchSize)), fit.batch_size)
    share = next((change.share for change in changes if isinstance(change, DataShare)), 1.0)
    if fit.epochs:
        steps *= epochs / fit.epochs
    steps *= -(-fit.examples * share // batch) / fit.batches if fit.batches else share
    return max(round(steps), 1)
