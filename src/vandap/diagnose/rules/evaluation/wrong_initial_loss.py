"""An untrained network that is surer of itself than it may be."""

from __future__ import annotations

import math

import numpy as np

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.progress import Progress
from vandap.diagnose.reading import number
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.symptoms import NOT_USEFUL
from vandap.diagnose.watched import at_compile


class WrongInitialLoss(Rule):
    """The untrained network's loss is far from that of a network that knows nothing.

    ## What it finds
    A loss of the first step, regularisers left out, far above that of an untrained network that is undecided: the
    logarithm of the number of classes, or for squared errors the mean square of the targets. The training must have
    spent a good part of its steps on getting back: it is an issue where it then learnt little, and a tip where it
    learnt well. A second `fit` of the same model is not judged.

    ## Why it matters
    A network that is confidently wrong before it has seen anything has outputs of the wrong scale: inputs or targets
    were not scaled, initial weights are too large, the loss is a sum instead of a mean, or it expects logits and gets
    probabilities.

    ## What to do
    Standardise inputs and, for regression, targets; use the usual initialisers; take the mean of the loss; set
    `from_logits` as the last layer needs it.

    ## References
    - Karpathy, A Recipe for Training Neural Networks (2019): verify the loss at initialisation
    - TheDeepChecker: Ben Braiek and Khomh, Testing Feedforward Neural Networks Training Programs (2022)
    """

    code = "D4"
    status = "stable"
    remedies = (
        "standardise-inputs",
        "standardise-targets",
        "usual-initialisers",
        "match-loss-to-output",
        "set-output-bias",
    )
    explains = ("loss-spike", "stuck-loss", *NOT_USEFUL)
    excess = Threshold(
        3, "times the undecided loss: He initialisation of a network without normalisation stays below 2"
    )
    excess_of_squares = Threshold(
        12,
        "the same for squared errors: one output is one draw; healthy regressions of bench/zoo start at up to 7 times",
    )
    spent = Threshold(0.25, "share of the steps that were needed to come back to the undecided loss")

    def check(
        self,
        progress: Progress,
        program: Program,
        label_counts: Series | None = None,
        label_statistics: Series | None = None,
        step_loss: Series | None = None,
    ) -> Outcome:
        """Compare the first loss with that of an undecided network."""
        if program.main_fit > 0:
            return CannotTell("An earlier fit trained this network already.")
        undecided = _undecided(program, progress, label_counts, label_statistics)
        if not (math.isfinite(undecided) and undecided > 0 and math.isfinite(progress.start)):
            return CannotTell("What an undecided network's loss would be is not known for this loss.")
        excess = self.excess_of_squares.value if _squares(program) else self.excess.value
        measured = (
            f"The loss starts at {progress.start:.3g}; a network that is undecided has {undecided:.3g} "
            f"(threshold {excess:g} times that)"
        )
        if not progress.start > excess * undecided:
            return Clear(f"{measured}.")
        spent = _spent(step_loss, undecided)
        if not (spent > self.spent.value or (progress.is_poor and math.isnan(spent))):
            return Clear(f"{measured}, and soon comes down: {progress.phrase}.")
        return self.found(
            f"{measured}. In the end, {progress.phrase}.",
            {**progress.evidence, "undecided": undecided, "spent": spent},
            severity=Severity.ISSUE if progress.is_poor else Severity.TIP,
            confidence=0.8 if progress.is_poor else 0.6,
            where=at_compile(program),
            figure="loss",
        )


def _undecided(
    program: Program, progress: Progress, label_counts: Series | None, label_statistics: Series | None
) -> float:
    """Loss of a network that gives every class the same probability, or zero as every number."""
    if not math.isfinite(progress.trivial):
        return math.nan
    weight = program.compile.losses[0].weight if program.compile.losses else 1.0
    if _squares(program):
        output = next(iter(label_statistics.labels.get("output", ())), "") if label_statistics is not None else ""
        mean, deviation = (number(label_statistics, output, name) for name in ("mean", "deviation"))
        return weight * (mean**2 + deviation**2)
    if label_counts is None or label_counts.values.ndim != 2 or label_counts.values.shape[1] < 2:
        return math.nan
    return weight * math.log(label_counts.values.shape[1])


def _squares(program: Program) -> bool:
    return bool(program.compile.losses) and program.compile.losses[0].kind == "MeanSquaredError"


def _spent(step_loss: Series | None, undecided: float) -> float:
    """Share of the recorded steps until the loss is first below the undecided one; 1 where it never was."""
    values = np.zeros(0) if step_loss is None else np.asarray(step_loss.values, dtype=np.float64).ravel()
    if values.size < 20:
        return math.nan
    below = np.flatnonzero(values <= undecided)
    return float(below[0] / values.size) if below.size else 1.0
