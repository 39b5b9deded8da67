"""A model whose input does not matter."""

from __future__ import annotations

import numpy as np

from vandap.core.finding import Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.decisive import arm
from vandap.diagnose.progress import Progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import NOT_USEFUL
from vandap.diagnose.watched import at_fit, fact


class InputIgnored(Rule):
    """The model trains as well on an input of zeros as on the real one.

    ## What it finds
    A training that learnt little is put to the test: short trainings from the same initial weights on the real inputs
    and on zeros. If both end alike, on held-out and on training examples, the model takes nothing from the real ones.
    Answers that differ with the input need no test, even where they are wrong. A loss above that of knowing nothing is
    no case for this test: there the steps themselves do harm. Nor is a training that learnt well.

    ## Why it matters
    What such a model answers is the average answer. Either the input is lost on its way (a wrong axis, a dead or
    unconnected layer, a division by a large number too much), or the targets do not depend on it.

    ## What to do
    Look at a batch as the model receives it, together with its labels; at the scale of the inputs; at the first layer
    whose output is the same for every example.

    ## References
    - Karpathy, A Recipe for Training Neural Networks (2019): the input-independent baseline
    - TheDeepChecker: Ben Braiek and Khomh, Testing Feedforward Neural Networks Training Programs (2022)
    """

    code = "D6"
    status = "stable"
    remedies = ("check-input-pipeline", "check-labels", "standardise-inputs", "unfreeze-layers")
    explains = ("weights-do-not-change", "label-signal-absent", "stuck-loss", "collapsed-output", *NOT_USEFUL)
    advantage = Threshold(0.02, "share of what there is to learn: below it a difference is noise between batches")
    alike = Threshold(0.05, "of the loss of the best constant answer: beyond it the two do not end alike")
    varied = Threshold(0.01, "of an output's size: an answer that differs so much with the input does not ignore it")
    short = Threshold(0.9, "share of the watched steps below which a test that learns nothing may be too short")

    def check(
        self,
        progress: Progress,
        program: Program | None = None,
        predictions: Series | None = None,
        test_zeroed_input: Series | None = None,
    ) -> Outcome:
        """Ask for the test where nothing was learnt, and let it decide."""
        if self._varies(predictions):
            return Clear("The answers differ with the input.")
        if test_zeroed_input is None:
            return self._suspect(progress, program)
        real, zeroed = arm(test_zeroed_input, "real"), arm(test_zeroed_input, "zeroed")
        if not (real.is_known and zeroed.is_known):
            return CannotTell("The test with an input of zeros gave no result.")
        measured = (
            f"From scratch, {real.steps:.0f} steps on the real inputs reach a held-out loss of {real.held_out:.3g}, "
            f"on inputs of zeros {zeroed.held_out:.3g} (difference {zeroed.difference:.3g}, 95 % interval "
            f"[{zeroed.low:.3g}, {zeroed.high:.3g}])"
        )
        unit = progress.trivial if progress.trivial > 0 else abs(real.train)
        lead = zeroed.train - real.train
        alike = abs(zeroed.difference) <= self.alike.value * unit
        if not alike or zeroed.low > 0 or lead > self.advantage.value * unit or not progress.is_poor:
            return Clear(f"{measured}; the training itself: {progress.phrase}.")
        if not progress.is_stuck and not real.share >= self.short.value:
            return CannotTell(f"{measured}: {real.share:.0%} of the watched steps may be too few to tell.")
        return self.found(
            f"{measured}, and {progress.phrase}.",
            {
                **progress.evidence,
                "held_out": real.held_out,
                "held_out_zeroed": zeroed.held_out,
                "difference_low": zeroed.low,
                "train_lead": lead,
            },
            confidence=0.8,
            where=at_fit(program),
        )

    def _varies(self, predictions: Series | None) -> bool:
        """Whether some output differs between examples by more than a hundredth of its size."""
        across, mean, deviation = (np.abs(fact(predictions, name)) for name in ("across", "mean", "deviation"))
        if not across.size == mean.size == deviation.size > 0:
            return False
        return bool((across > self.varied.value * np.maximum(mean, deviation)).any())

    def _suspect(self, progress: Progress, program: Program | None) -> Outcome:
        if not progress.is_stuck or progress.is_worse_than_nothing:
            return Clear(f"The training was not stuck at knowing nothing: {progress.phrase}.")
        finding = self.found(
            f"Nothing was learnt: {progress.phrase}. Training on zeros would tell whether the input matters.",
            progress.evidence,
            confidence=0.3,
            where=at_fit(program),
            figure="loss",
        )
        return Suspected(finding, ("zeroed_input",))
