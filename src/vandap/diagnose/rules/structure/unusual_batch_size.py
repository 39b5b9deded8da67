"""A batch size that few trainings use."""

from __future__ import annotations

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.watched import at_fit


class UnusualBatchSize(Rule):
    """The batches are very small, or so large that the training makes few steps.

    ## What it finds
    Tips, never issues: batches of one to three examples; batches so large that an epoch has but a few steps and the
    whole training too few.

    ## Why it matters
    Tiny batches are slow and their gradients are noisy. With huge ones the optimiser makes few steps, and only a higher
    learning rate or more epochs make up for that.

    ## What to do
    Start with 32 to 256. When the batch grows k times, try a learning rate up to k times (SGD) or the root of k (Adam).

    ## References
    - Masters and Luschi, Revisiting Small Batch Training (2018)
    - McCandlish et al., An Empirical Model of Large-Batch Training (2018)
    """

    code = "B17"
    severity = Severity.TIP
    remedies = ("change-batch-size",)
    smallest = Threshold(4, "Masters and Luschi: good results from 4 to 32 upwards")
    steps = Threshold(50, "fewer optimiser steps in all than any usual optimiser needs")
    each_epoch = Threshold(4, "steps an epoch below which the batch, and not the number of epochs, is the reason")

    def check(self, program: Program) -> Outcome:
        """Count the examples of a batch and the steps of the training."""
        fit = program.fit
        if fit.batch_size <= 0:
            return CannotTell("The batch size is not known.")
        if fit.batch_size < self.smallest.value:
            says = f"A batch has {fit.batch_size} examples (threshold {self.smallest.value:g})."
            return self.found(says, {"batch_size": fit.batch_size}, confidence=0.3, where=at_fit(program))
        steps = fit.steps_before + fit.planned_steps
        if 0 < fit.batches < self.each_epoch.value and steps < self.steps.value:
            return self.found(
                f"Batches of {fit.batch_size} make {fit.batches} steps an epoch and {steps} in all "
                f"(threshold {self.steps.value:g}).",
                {"batch_size": fit.batch_size, "steps": steps},
                confidence=0.4,
                where=at_fit(program),
            )
        return Clear(f"Batches of {fit.batch_size} are usual.")
