"""A learning rate that fades too early or is still rising at the end."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from vandap.core.finding import Severity, Threshold, Where
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.curves import finite
from vandap.diagnose.progress import Progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.symptoms import NOT_LEARNING
from vandap.diagnose.watched import at_fit, at_optimizer
from vandap.diagnose.watched import learning_rate as first_rate


class ScheduleMisuse(Rule):
    """The schedule ends the training long before its last epoch, or never reaches its peak.

    ## What it finds
    A learning rate that falls below a thousandth of its highest value in the first half of the training and stays
    there, before nearly all was learnt; or one that is highest in the last epoch after rising throughout, in a
    training that learnt little. It is an issue where three quarters of the epochs were lost, or nothing was learnt.

    ## Why it matters
    The epochs after the fade change nothing. A warm-up that never ends trains at a fraction of the rate asked for. Most
    often the schedule counts steps where epochs were meant, or the other way round.

    ## What to do
    Set the schedule's length in optimiser steps: epochs times batches an epoch. Let it decay over the whole training.

    ## References
    - Deep Learning Tuning Playbook (2023), learning-rate schedules
    - Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts (2017)
    """

    code = "C15"
    status = "stable"
    remedies = ("lengthen-schedule", "shorten-warm-up")
    explains = ("learning-rate-too-low", "weights-do-not-change", "wrong-epochs", *NOT_LEARNING)
    faded = Threshold(1e-3, "of the highest rate: below it a step is lost in the noise")
    early = Threshold(0.5, "share of the epochs: a schedule should last for most of them")
    at_once = Threshold(0.25, "share of the epochs: three quarters of the training changed nothing")
    arrived = Threshold(0.8, "share of what there is to learn: above it there was little left to do")
    epochs = Threshold(4, "epochs below which a schedule has no course")

    def check(self, progress: Progress, learning_rate: Series, program: Program | None = None) -> Outcome:
        """Find when the rate fades and when it is highest."""
        rates = finite(learning_rate)
        highest = max(float(rates.max(initial=0)), _finite(first_rate(program)))
        if rates.size < self.epochs.value or not highest > 0:
            return CannotTell(f"The learning rate of fewer than {self.epochs.value:g} epochs is known.")
        low = np.flatnonzero(rates < self.faded.value * highest)
        fades = bool(low.size) and bool((rates[low[0] :] < self.faded.value * highest).all())
        faded = float(low[0] + 1) if fades else math.nan
        if faded <= self.early.value * rates.size and not self._arrived(progress):
            text = f"is below {self.faded.value:g} of its highest value, {highest:.3g}, from epoch {faded:.0f} on"
        elif bool((np.diff(rates) > 0).all()) and progress.is_poor:
            text = f"still rises in the last epoch, to {rates[-1]:.3g}"
        else:
            return Clear(f"The learning rate goes from {rates[0]:.3g} to {rates[-1]:.3g}; {progress.phrase}.")
        severe = progress.is_poor or faded <= self.at_once.value * rates.size
        return self.found(
            f"The learning rate {text}, of {rates.size}; {progress.phrase}.",
            {**progress.evidence, "highest": highest, "last": rates[-1], "epochs": float(rates.size), "faded": faded},
            severity=Severity.ISSUE if severe else Severity.TIP,
            confidence=0.85 if severe else 0.6,
            where=_place(program),
            figure="loss",
        )

    def _arrived(self, progress: Progress) -> bool:
        """Whether the training learnt nearly all there is before the rate faded."""
        known = progress.learnt if math.isfinite(progress.learnt) else progress.fallen
        return known > self.arrived.value


def _place(program: Program | None) -> Where:
    """The schedule of the optimiser; where it has none, a callback given to `fit`."""
    scheduled = program is not None and isinstance(program.compile.settings.get("learning_rate"), Mapping)
    return at_optimizer(program) if scheduled or program is None else at_fit(program)


def _finite(value: float) -> float:
    return value if math.isfinite(value) else 0.0
