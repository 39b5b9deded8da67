"""Labels that the inputs do not tell."""

from __future__ import annotations

import math

from vandap.core.finding import PRECAUTION, Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.decisive import arm
from vandap.diagnose.observed import REGRESSION
from vandap.diagnose.progress import ENOUGH_STEPS, Progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import NOT_USEFUL
from vandap.diagnose.watched import at_data

_OF_CROSSENTROPY = 0.5
"""Deviation of the loss over its mean: log loss of a constant answer to two classes has 0 (balanced) to 1 (rare)."""
_OF_SQUARES = math.sqrt(2)
"""The same of squared errors: those of a normal distribution."""


class LabelSignalAbsent(Rule):
    """The model predicts held-out labels no better than labels that were shuffled.

    ## What it finds
    A training whose validation loss never came below that of the best constant answer by more than chance explains,
    that learnt nothing, or that was not validated at all, is put to the test: short trainings from the same initial
    weights on the real labels and on permuted ones. If the real labels are not surely better on held-out examples, and
    there no better than the best constant answer (or validation was no better), nothing that generalises was learnt
    from them. A test that does not even come down to the best constant answer on its own training examples tells
    nothing of labels: there the steps fail. Nor does one of a few dozen steps that learnt nothing from either.

    ## Why it matters
    A network can learn any labels by heart, so a falling training loss proves nothing. If shuffled labels do as well,
    inputs and labels are most likely out of step: shuffled apart, read in a different order, shifted by one row.

    ## What to do
    Show a few examples with their labels. Look where inputs and labels are read, sorted, shuffled and split apart.

    ## References
    - Zhang et al., Understanding Deep Learning Requires Rethinking Generalization (2017)
    - Ojala and Garriga, Permutation Tests for Studying Classifier Performance (2010)
    """

    code = "D7"
    status = "stable"
    remedies = ("check-labels", "shuffle-together", "collect-other-features")
    explains = ("stuck-loss", "collapsed-output", "overfitting", *NOT_USEFUL)
    no_better = Threshold(0.98, "of the best constant answer's loss: above it validation found nothing to go by")
    chance = Threshold(2.0, "standard errors of the validation loss below the constant answer's that chance explains")
    alike = Threshold(0.1, "of the loss: beyond it the two do not end alike, unless both know less than nothing")
    constant = Threshold(1.5, "of the best constant answer's loss: above it on its own examples a test found nothing")
    short = Threshold(0.5, "share of the watched steps below which a test that learns nothing may be too short")

    def check(
        self,
        progress: Progress,
        val_loss: Series | None = None,
        program: Program | None = None,
        test_shuffled_labels: Series | None = None,
    ) -> Outcome:
        """Ask for the test where validation found nothing, and let it decide."""
        lowest = float(min(progress.held_out(val_loss), default=math.nan))
        if test_shuffled_labels is None:
            return self._suspect(progress, lowest, program)
        real, shuffled = arm(test_shuffled_labels, "real"), arm(test_shuffled_labels, "shuffled")
        if not (real.is_known and shuffled.is_known):
            return CannotTell("The test with shuffled labels gave no result.")
        measured = (
            f"From scratch, {real.steps:.0f} steps with the real labels reach a held-out loss of {real.held_out:.3g}, "
            f"with shuffled labels {shuffled.held_out:.3g} (difference {shuffled.difference:.3g}, 95 % interval "
            f"[{shuffled.low:.3g}, {shuffled.high:.3g}])"
        )
        nothing = self.no_better.value * progress.trivial
        saw_nothing = lowest > nothing or (progress.is_stuck and math.isfinite(lowest))
        found_nothing = real.held_out > nothing
        alike = abs(shuffled.difference) <= self.alike.value * max(real.held_out, shuffled.held_out)
        hopeless = (saw_nothing or found_nothing) and (alike or (saw_nothing and found_nothing))
        if shuffled.low > 0 or not hopeless or not self._is_suspicious(progress, lowest, program):
            return Clear(f"{measured}.")
        if real.train > self.constant.value * progress.trivial:
            return CannotTell(
                f"{measured}: on its own examples the first ends at {real.train:.3g}, "
                f"and the best constant answer has {progress.trivial:.3g}."
            )
        if progress.steps < ENOUGH_STEPS and real.train > nothing:
            return CannotTell(f"{measured}: in so few steps not even the training examples were learnt.")
        if not progress.is_stuck and not real.share >= self.short.value:
            return CannotTell(f"{measured}: {real.share:.0%} of the watched steps may be too few to tell.")
        return self.found(
            f"{measured}. In the training, {progress.phrase}{self._phrase(lowest)}.",
            {
                **progress.evidence,
                "held_out": real.held_out,
                "held_out_shuffled": shuffled.held_out,
                "difference_low": shuffled.low,
                "lowest_validation_loss": lowest,
            },
            severity=Severity.ISSUE,
            confidence=0.7,
            where=at_data(program),
        )

    def _phrase(self, lowest: float) -> str:
        if not math.isfinite(lowest):
            return ""
        return f"; validation comes down to {lowest:.3g} (threshold {self.no_better.value:g} of the constant answer's)"

    def _is_suspicious(self, progress: Progress, lowest: float, program: Program | None) -> bool:
        if progress.is_worse_than_nothing:
            return False
        unknown = math.isnan(lowest) and math.isfinite(progress.trivial)
        return progress.is_stuck or unknown or lowest > self._explained_by_chance(progress, program)

    def _explained_by_chance(self, progress: Progress, program: Program | None) -> float:
        """The lowest validation loss that the best constant answer may have by the luck of so many examples."""
        examples = program.fit.validation_examples if program else 0
        squares = program is not None and any(loss.kind in REGRESSION for loss in program.compile.losses)
        error = (_OF_SQUARES if squares else _OF_CROSSENTROPY) / math.sqrt(examples) if examples else 0.0
        return progress.trivial * min(self.no_better.value, 1 - self.chance.value * error)

    def _suspect(self, progress: Progress, lowest: float, program: Program | None) -> Outcome:
        if not self._is_suspicious(progress, lowest, program):
            return Clear(f"Something was learnt: {progress.phrase}{self._phrase(lowest)}.")
        saw_nothing = progress.is_stuck or lowest > self.no_better.value * progress.trivial
        finding = self.found(
            f"In the training, {progress.phrase}{self._phrase(lowest)}. Training on shuffled labels would tell whether "
            "they belong to the inputs.",
            {**progress.evidence, "lowest_validation_loss": lowest},
            # else the test is a precaution: nothing that was seen speaks against the labels
            confidence=0.4 if saw_nothing else PRECAUTION / 2,
            where=at_data(program),
            figure="loss",
        )
        return Suspected(finding, ("shuffled_labels",))
