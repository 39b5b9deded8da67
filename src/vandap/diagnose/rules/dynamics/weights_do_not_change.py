"""Weights that are trained and stay as they were."""

from __future__ import annotations

import numpy as np

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.progress import Progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.symptoms import NOT_USEFUL
from vandap.diagnose.watched import at_variable, fact, is_kernel, items


class WeightsDoNotChange(Rule):
    """Weights that the optimiser owns end the training exactly as they began it.

    ## What it finds
    Weight matrices, trained and not zero at first, whose values after at least a hundred steps differ from the first
    ones by less than a hundred-millionth. Weights that are frozen on purpose are no fault, and biases are not judged.

    ## Why it matters
    The layer keeps its random weights. Either its gradient is zero (units are dead, a later layer blocks it, its output
    does not enter the loss), or the learning rate is zero or next to it.

    ## What to do
    Look at the learning rate and its schedule; then at the first layer after this one whose units are dead, whose
    weights are zero, or whose output is not used.

    ## References
    - Amazon SageMaker Debugger, rule UnchangedTensor; WeightUpdateRatio: update over weight below 1e-8
    """

    code = "C6"
    status = "stable"
    remedies = ("connect-layer", "raise-learning-rate", "usual-initialisers", "use-leaky-relu")
    explains = ("stuck-loss", "collapsed-output", *NOT_USEFUL)
    change = Threshold(1e-8, "SageMaker WeightUpdateRatio: update over weight below 1e-8")
    steps = Threshold(100, "steps after which a trained weight has moved")

    def check(self, progress: Progress, weight_change: Series, program: Program | None = None) -> Outcome:
        """Find the trained matrices that did not move."""
        if not progress.steps >= self.steps.value:
            return CannotTell(f"Fewer than {self.steps.value:g} steps were made.")
        moved, trained, spread = (fact(weight_change, name) for name in ("relative", "trained", "start_deviation"))
        if not moved.size == trained.size == spread.size > 0:
            return CannotTell("The weights were not compared with the first ones.")
        judged = [
            place
            for place, name in enumerate(items(weight_change))
            if trained[place] == 1 and spread[place] > 0 and is_kernel(name) and np.isfinite(moved[place])
        ]
        still = [place for place in judged if 0 <= moved[place] < self.change.value]
        if not still:
            return Clear(f"All {len(judged)} trained weight matrices moved.")
        name = items(weight_change)[still[0]]
        return self.found(
            f"{len(still)} of {len(judged)} trained weight matrices did not change in {progress.steps:.0f} steps, "
            f"first {name} (by {moved[still[0]]:.2g} of its size, threshold {self.change.value:g}).",
            {"change": moved[still[0]], "unchanged": len(still), "matrices": len(judged), "steps": progress.steps},
            severity=Severity.TIP if progress.is_good else None,
            confidence=0.8,
            where=at_variable(program, name),
        )
