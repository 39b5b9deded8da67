"""Weights that run away."""

from __future__ import annotations

import math

import numpy as np

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.progress import Progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.watched import at_variable, is_kernel, items, statistic


class DivergingWeights(Rule):
    """A weight matrix grew to many times its first size, and the training suffered.

    ## What it finds
    Weight matrices whose norm grew tenfold or more with single values above 10, in a training that broke or learnt
    nothing (an issue) or little (a tip). Weights that grow in a training that learns are no fault.

    ## Why it matters
    Large weights answer to small changes of the input with large changes of the output; what comes next is saturation,
    overflow, or a loss that no step can lower.

    ## What to do
    Lower the learning rate, clip the gradients, add weight decay; scale inputs and targets.

    ## References
    - TheDeepChecker: Ben Braiek and Khomh (2022); AutoTrainer: Zhang et al. (2021); DEFault: Jahan et al. (2025)
    """

    code = "C7"
    remedies = ("lower-learning-rate", "clip-gradients", "add-weight-decay", "standardise-inputs")
    explains = ("non-finite-training", "diverging-loss")
    growth = Threshold(10, "times the first norm: ordinary training changes it by a few times at most")
    level = Threshold(10, "DEFault: weights above 10")

    def check(self, progress: Progress, weights: Series, program: Program | None = None) -> Outcome:
        """Find the matrix that grew most, then ask whether the training suffers."""
        norms, largest = statistic(weights, "norm"), statistic(weights, "absolute_maximum")
        if len(norms) < 2:
            return CannotTell("The weights were probed once at most.")
        names, growth = items(weights), {}
        for place in range(min(norms.shape[1], len(names))):
            known = norms[np.isfinite(norms[:, place]), place]
            if known.size > 1 and known[0] > 0 and is_kernel(names[place]):
                growth[place] = float(known[-1] / known[0])
        worst = max(growth, key=lambda place: growth[place], default=None)
        if worst is None:
            return CannotTell("No weight matrix was probed twice.")
        level = _last(largest[:, worst])
        measured = (
            f"The norm of {names[worst]} grew {growth[worst]:.3g} times (threshold {self.growth.value:g}), its largest "
            f"value is {level:.3g} (threshold {self.level.value:g})"
        )
        if not (growth[worst] >= self.growth.value and level >= self.level.value and progress.is_poor):
            return Clear(f"{measured}; {progress.phrase}.")
        hurt = progress.broke or progress.is_stuck
        return self.found(
            f"{measured}; {progress.phrase}.",
            {**progress.evidence, "growth": growth[worst], "largest": level},
            severity=Severity.ISSUE if hurt else Severity.TIP,
            confidence=0.8 if hurt else 0.5,
            where=at_variable(program, names[worst]),
        )


def _last(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known[-1]) if known.size else math.nan
