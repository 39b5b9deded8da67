"""A learning rate that few trainings use."""

from __future__ import annotations

import math

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.watched import USUAL_RATES, learning_rate


class UnusualLearningRate(Rule):
    """The learning rate lies outside the range that the optimiser is usually run with.

    ## What it finds
    A tip, never an issue: a literal learning rate outside the usual decades of its optimiser. Whether it is too high or
    too low is decided by trying others, and that is another rule's.

    ## Why it matters
    Of all settings the learning rate matters most, and a slip of one or two decades is quickly made, above all when
    another optimiser is put in its place: a rate for SGD is a hundred times too high for Adam.

    ## What to do
    Start at 1e-3 with Adam and 0.1 with SGD, and compare three times more and less.

    ## References
    - Goodfellow, Bengio, Courville, Deep Learning (2016), section 11.4
    - Google, Deep Learning Tuning Playbook (2023)
    - Theia: Wu et al. (2024); UMLAUT: Schoop et al. (2021): rates outside [1e-7, 1e-2]
    """

    code = "B16"
    severity = Severity.TIP
    remedies = ("compare-learning-rates",)
    lowest = Threshold(1e-6, "fine-tuning goes down to 1e-6; for SGD 1e-4, for Adadelta 0.05")
    highest = Threshold(1e-2, "UMLAUT, Theia: 0.01 for the Adam family; for SGD and Adagrad 1")

    def check(self, program: Program) -> Outcome:
        """Compare the literal with the usual range of the optimiser."""
        rate, optimizer = learning_rate(program), program.compile.optimizer
        if not math.isfinite(rate) or not optimizer:
            return CannotTell("The learning rate is not known.")
        low, high = USUAL_RATES.get(optimizer, (self.lowest.value, self.highest.value))
        if low <= rate <= high or rate <= 0:
            return Clear(f"A learning rate of {rate:g} is usual for {optimizer} ([{low:g}, {high:g}]).")
        return self.found(
            f"A learning rate of {rate:g} is unusual for {optimizer} (usual: {low:g} to {high:g}).",
            {"learning_rate": rate, "lowest": low, "highest": high},
            confidence=0.3,
            where=program.compile.at_optimizer(),
        )
