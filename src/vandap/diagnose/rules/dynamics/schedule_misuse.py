"""A learning rate that fades too early or is still rising at the end."""

from __future__ import annotations

import math

import numpy as np

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.curves import finite
from vandap.diagnose.progress import Progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.symptoms import NOT_LEARNING
from vandap.diagnose.watched import at_compile


class ScheduleMisuse(Rule):
    """The schedule ends the training long before its last epoch, or never reaches its peak.

    ## What it finds
    A learning rate that falls below a thousandth of its highest value in the first half of the training, or that is
    highest in the last epoch after rising throughout; in a training that learnt nothing (an issue) or little (a tip).

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
    remedies = ("lengthen-schedule", "shorten-warm-up")
    explains = ("learning-rate-too-low", "weights-do-not-change", *NOT_LEARNING)
    faded = Threshold(1e-3, "of the highest rate: below it a step is lost in the noise")
    early = Threshold(0.5, "share of the epochs: a schedule should last for most of them")
    epochs = Threshold(4, "epochs below which a schedule has no course")

    def check(self, progress: Progress, learning_rate: Series, program: Program | None = None) -> Outcome:
        """Find when the rate fades and when it is highest."""
        rates = finite(learning_rate)
        if rates.size < self.epochs.value or not rates.max() > 0:
            return CannotTell(f"The learning rate of fewer than {self.epochs.value:g} epochs is known.")
        low = np.flatnonzero(rates < self.faded.value * rates.max())
        faded = float(low[0] + 1) if low.size and (low[0] > rates.argmax()) else math.nan
        rising = bool((np.diff(rates) > 0).all())
        facts = {**progress.evidence, "highest": rates.max(), "last": rates[-1], "epochs": float(rates.size)}
        if faded <= self.early.value * rates.size and progress.is_poor:
            text = f"is below {self.faded.value:g} of its highest value, {rates.max():.3g}, from epoch {faded:.0f}"
        elif rising and progress.is_poor:
            text = f"still rises in the last epoch, to {rates[-1]:.3g}"
        else:
            return Clear(f"The learning rate goes from {rates[0]:.3g} to {rates[-1]:.3g}; {progress.phrase}.")
        return self.found(
            f"The learning rate {text} of {rates.size}; {progress.phrase}.",
            {**facts, "faded": faded},
            severity=Severity.ISSUE if progress.is_stuck else Severity.TIP,
            confidence=0.85 if progress.is_stuck else 0.6,
            where=at_compile(program),
            figure="loss",
        )
