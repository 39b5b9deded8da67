"""Batches so small that their noise hides the way."""

from __future__ import annotations

import math

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.curves import finite, noise
from vandap.diagnose.progress import Progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.watched import at_fit


class BatchNoise(Rule):
    """Batches are so small that the loss differs more from step to step than it fell in all.

    ## What it finds
    Batches of at most eight examples, a loss whose noise between steps is larger than all it came below knowing
    nothing, and a training that learnt little.

    ## Why it matters
    The gradient of a few examples points anywhere; steps of the usual length then wander instead of descending.

    ## What to do
    Take larger batches, or lower the learning rate with them.

    ## References
    - McCandlish et al., An Empirical Model of Large-Batch Training (2018): the gradient noise scale
    - Schneider et al., Cockpit (2021): the norm test
    """

    code = "C18"
    severity = Severity.TIP
    remedies = ("use-larger-batches", "lower-learning-rate")
    batch = Threshold(8, "examples of a batch: above it the noise has other reasons")
    noisy = Threshold(1, "noise between steps over the whole fall of the loss")
    steps = Threshold(100, "recorded steps from which the noise can be measured")

    def check(self, progress: Progress, step_loss: Series, program: Program) -> Outcome:
        """Compare the noise between steps with the fall of the loss."""
        size, values = program.fit.batch_size, finite(step_loss)
        if not size or values.size < self.steps.value:
            return CannotTell("The size of the batches, or enough of the steps' losses, is not known.")
        known = [loss for loss in (progress.start, progress.trivial) if math.isfinite(loss)]
        between, fall = noise(values), min(known, default=math.nan) - progress.end
        measured = (
            f"Batches of {size}: between steps the loss differs by {between:.3g}, in all it came {fall:.3g} below "
            "knowing nothing"
        )
        if size > self.batch.value or not progress.is_poor or not between > self.noisy.value * fall:
            return Clear(f"{measured}.")
        return self.found(
            f"{measured} (threshold {self.noisy.value:g} times); {progress.phrase}.",
            {**progress.evidence, "batch_size": size, "noise": between},
            confidence=0.5,
            where=at_fit(program),
            figure="loss",
        )
