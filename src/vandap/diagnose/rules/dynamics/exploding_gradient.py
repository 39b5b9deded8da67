"""Gradients that grow without bound."""

from __future__ import annotations

import numpy as np

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.progress import Progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.symptoms import NOT_LEARNING
from vandap.diagnose.watched import at_variable, items, statistic


class ExplodingGradient(Rule):
    """The gradient became a hundred times larger than it was, and the training suffered.

    ## What it finds
    A norm of the whole gradient that, in some probe, is a hundred times its usual size of the first probes or more. It
    is an issue where the loss broke or nothing was learnt, and a tip where little was learnt. The place is the variable
    whose gradient was largest then.

    ## Why it matters
    One step along such a gradient throws the weights far away, and what was learnt is lost.

    ## What to do
    Clip the gradient's norm near the ninetieth percentile of what is usual, lower the learning rate, initialise for the
    activation at hand, normalise between layers. In recurrent networks clip always.

    ## References
    - Pascanu, Mikolov and Bengio, On the Difficulty of Training Recurrent Neural Networks (2013)
    - Deep Learning Tuning Playbook (2023): outliers of the gradient's norm
    """

    code = "C2"
    remedies = ("clip-gradients", "lower-learning-rate", "warm-up", "add-batch-normalisation")
    explains = ("diverging-weights", "non-finite-training", "diverging-loss", "loss-spike", *NOT_LEARNING)
    growth = Threshold(100, "times the usual gradient: steps that clipping at a percentile would cut by two decades")
    probes = Threshold(4, "probes below which no gradient is usual")

    def check(self, progress: Progress, gradients: Series, program: Program | None = None) -> Outcome:
        """Compare the largest gradient of all probes with the usual one of the first."""
        norms = statistic(gradients, "norm")
        if len(norms) < self.probes.value:
            return CannotTell("The gradient was probed too few times.")
        totals = np.sqrt(np.nansum(np.where(np.isfinite(norms), norms, np.nan) ** 2, axis=1))
        usual = float(np.median(totals[: max(len(totals) // 3, 3)]))
        place = int(np.argmax(totals))
        if not (np.isfinite(usual) and usual > 0):
            return CannotTell("The gradient of the first probes was zero or no number.")
        largest = float(totals[place])
        measured = (
            f"The gradient's norm is {usual:.3g} at first and {largest:.3g} at most, {largest / usual:.3g} times that "
            f"(threshold {self.growth.value:g})"
        )
        if not largest >= self.growth.value * usual:
            return Clear(f"{measured}.")
        if not (progress.is_poor or progress.is_stuck):
            return Clear(f"{measured}, and yet it learns: {progress.phrase}.")
        row = np.where(np.isfinite(norms[place]), norms[place], -1.0)
        names = items(gradients)
        worst = names[int(np.argmax(row))] if row.size and len(names) == row.size else ""
        hurt = progress.broke or progress.is_stuck
        return self.found(
            f"{measured}, largest in {worst}; {progress.phrase}.",
            {**progress.evidence, "usual": usual, "largest": largest, "probe": float(place)},
            severity=Severity.ISSUE if hurt else Severity.TIP,
            confidence=0.8 if hurt else 0.5,
            where=at_variable(program, worst),
            figure="gradients",
        )
