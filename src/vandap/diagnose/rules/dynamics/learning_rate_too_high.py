"""Steps that are too large."""

from __future__ import annotations

import math

import numpy as np

from vandap.core.finding import Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.decisive import arm, gain, multiples, rival
from vandap.diagnose.progress import STUCK, Progress
from vandap.diagnose.rule import Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import BLOCKED, BREAKING, NOT_LEARNING
from vandap.diagnose.watched import at_optimizer, learning_rate, update_sizes


class LearningRateTooHigh(Rule):
    """The learning rate is so high that the training learns less than it would with a lower one.

    ## What it finds
    A training that learnt little, lost what it had learnt, or became no number is suspected. The decisive test decides:
    short trainings of the same model from the same initial weights at a tenth and a hundredth of the rate, with equal
    steps, compared on held-out examples. The rate is too high if one of them surely beats the watched rate on held-out
    *and* on training examples, and the end of the whole watched training, too, by a good part of what there is to
    learn. Where the user validates, it must surely be better on those examples as well; the intervals hold for all
    rates together, so that several looks raise no more alarms than one. Without the test, a training that learnt
    nothing while single steps changed whole weight matrices by more than their own size is enough.

    ## Why it matters
    A step that is too long jumps over the minimum. The loss oscillates or grows, rectified units die, saturating ones
    saturate, and the network that remains may never recover.

    ## What to do
    Divide the learning rate by 3 to 10 and compare on held-out data; warm it up over the first steps; find its range
    with a range test. If it was usual for the optimiser, look at the scale of inputs and targets first.

    ## References
    - Smith, Cyclical Learning Rates for Training Neural Networks (2017): the range test
    - TheDeepChecker: Ben Braiek and Khomh (2022): log10 of update over weight above -1
    - Goodfellow, Bengio, Courville, Deep Learning (2016), section 8.3
    """

    code = "C9"
    status = "stable"
    remedies = ("lower-learning-rate", "warm-up", "clip-gradients")
    explains = (*BLOCKED, *BREAKING, "wrong-epochs", *NOT_LEARNING)
    better = Threshold(0.1, "share of what there is to learn that a lower rate must win; bench/decisive")
    overwritten = Threshold(1, "a step as large as the weights replaces them")
    small_update = Threshold(1e-4, "TheDeepChecker: log10 of update over weight below -4 is a sign of the opposite")
    lost = Threshold(0.3, "share of the best gain that was lost again")

    def check(
        self,
        progress: Progress,
        update_ratio: Series | None = None,
        program: Program | None = None,
        test_learning_rate: Series | None = None,
    ) -> Outcome:
        """Let the test decide where it was run; else weigh the symptoms."""
        if test_learning_rate is not None:
            return self._decide(progress, program, test_learning_rate)
        sizes = update_sizes(update_ratio)
        largest = float(np.nanmax(sizes)) if np.isfinite(sizes).any() else math.nan
        usual = float(np.nanmedian(sizes)) if np.isfinite(sizes).any() else math.nan
        facts = {**progress.evidence, "largest_update": largest, "usual_update": usual}
        phrase = f"{self._rate(program)}{progress.phrase}; a step changes the weights by {usual:.2g} of their size"
        hopeless = progress.is_worse_than_nothing or progress.is_stuck
        if hopeless and largest >= self.overwritten.value:
            return self.found(
                f"{phrase}, at most {largest:.2g} (threshold {self.overwritten.value:g}).",
                facts,
                confidence=0.8,
                where=at_optimizer(program),
                figure="loss",
            )
        lost = _lost(progress) > self.lost.value
        if progress.is_worse_than_nothing or lost or (progress.is_poor and not usual < self.small_update.value):
            finding = self.found(f"{phrase}.", facts, confidence=0.5, where=at_optimizer(program), figure="loss")
            return Suspected(finding, ("learning_rate",))
        return Clear(f"Nothing points to steps that are too large: {phrase}.")

    def _decide(self, progress: Progress, program: Program | None, test: Series) -> Outcome:
        """Compare the lower rates with the watched one."""
        base = arm(test, "x1")
        other = rival(test, multiples(test, above=False), progress)
        won = gain(progress, base, other) if other is not None else math.nan
        if other is None or not won >= self.better.value:
            return Clear("No lower learning rate does clearly better in trainings from scratch with equal steps.")
        return self.found(
            f"{self._rate(program)}{progress.phrase}. From scratch, {other.name} the rate reaches a held-out loss of "
            f"{other.held_out:.3g} in {other.steps:.0f} steps, the watched rate {base.held_out:.3g} (difference "
            f"{other.difference:.3g}, 95 % interval [{other.low:.3g}, {other.high:.3g}]{other.validated}; {won:.2f} of "
            f"what there is to learn, threshold {self.better.value:g}).",
            {
                **progress.evidence,
                "held_out": base.held_out,
                "held_out_lower_rate": other.held_out,
                "difference_high": other.high,
                "gain": won,
            },
            confidence=0.95,
            where=at_optimizer(program),
            figure="loss",
        )

    @staticmethod
    def _rate(program: Program | None) -> str:
        rate = learning_rate(program)
        return f"Learning rate {rate:g}: " if math.isfinite(rate) else ""


def _lost(progress: Progress) -> float:
    """Share of the best gain that is gone at the end; NaN where there was none to speak of."""
    gained = max(progress.start, progress.trivial) - progress.best
    return (progress.end - progress.best) / gained if gained > STUCK * abs(progress.start) else math.nan
