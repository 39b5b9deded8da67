"""Steps that are too small."""

from __future__ import annotations

import math

import numpy as np

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.decisive import arm, gain, multiples, rival
from vandap.diagnose.progress import STUCK, Progress
from vandap.diagnose.rule import Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import NOT_LEARNING
from vandap.diagnose.watched import SCALE_FREE, USUAL_RATES, at_optimizer, learning_rate, update_sizes, updates_of


class LearningRateTooLow(Rule):
    """The learning rate is so low that the training ends long before it has learnt what it could.

    ## What it finds
    A training that learnt little, or whose loss still fell when it ended, is suspected. A decisive test decides: short
    trainings of the same model from the same initial weights at ten and a hundred times the rate, with equal steps,
    compared on held-out examples. The rate is too low if one of them surely beats the watched rate and the end of the
    whole watched training by a good part of what there is to learn. Where the user validates, it must surely be better
    on those examples as well; the intervals hold for all rates together, so that several looks raise no more alarms
    than one. A small rate that gets there is no fault. Without the test, a training that learnt nothing while all steps
    of Adam or its like together cannot have changed the weights by more than a hundredth is enough: with other
    optimisers, the gradient may be what is small.

    ## Why it matters
    The budget of steps is spent on a small part of the way, and the result looks as if the model were too small.

    ## What to do
    Multiply the learning rate by 10 and compare on held-out data; find its range with a range test. More epochs help,
    too, at ten times the cost.

    ## References
    - Smith, Cyclical Learning Rates for Training Neural Networks (2017): the range test
    - TheDeepChecker: Ben Braiek and Khomh (2022): log10 of update over weight below -4; DeepDiagnosis: below 1e-5
    """

    code = "C10"
    status = "stable"
    remedies = ("raise-learning-rate", "train-longer", "schedule-learning-rate")
    explains = ("weights-do-not-change", "wrong-epochs", *NOT_LEARNING)
    better = Threshold(
        0.25, "share of what there is to learn that a higher rate must win: a healthy rate is seldom the best one"
    )
    unlearnt = Threshold(STUCK, "the same, where the watched training learnt nothing at all: any sure gain counts")
    still = Threshold(0.01, "share of the weights that all steps together can have changed: DeepDiagnosis' 1e-5 a step")
    creeping = Threshold(0.05, "the same, where a higher rate is surely better: a usual training changes them by half")
    fewest = Threshold(50, "steps below which no usual rate gets anywhere: then there are too few of them")
    small_update = Threshold(1e-2, "an update of a hundredth of the weights in each step is not small")
    falling = Threshold(0.15, "an even fall loses 0.25 of the whole in the last quarter, a finished one almost none")

    def check(
        self,
        progress: Progress,
        update_ratio: Series | None = None,
        program: Program | None = None,
        test_learning_rate: Series | None = None,
    ) -> Outcome:
        """Let the test decide where it was run; else weigh the symptoms."""
        sizes = update_sizes(update_ratio)[1:]  # the first steps of adaptive optimisers are larger than all later ones
        usual = float(np.nanmedian(sizes)) if np.isfinite(sizes).any() else math.nan
        updates = updates_of(program, progress.steps)
        if test_learning_rate is not None:
            creeps = usual * updates < self.creeping.value
            return self._decide(progress, program, test_learning_rate, creeps)
        facts = {**progress.evidence, "usual_update": usual, "late_gain": progress.late_gain}
        phrase = f"{self._rate(program)}{progress.phrase}; a step changes the weights by {usual:.2g} of their size"
        place = at_optimizer(program)
        if (
            self._is_tiny(program)
            and progress.is_stuck
            and not progress.broke
            and 0 < usual * updates < self.still.value
        ):
            return self.found(
                f"{phrase} (threshold {self.still.value:g} in all {updates:.0f} steps).",
                facts,
                confidence=0.8,
                where=place,
                figure="loss",
            )
        unfinished = progress.late_gain > self.falling.value and not progress.is_good
        if (
            not progress.is_worse_than_nothing
            and (progress.is_poor or unfinished)
            and not usual > self.small_update.value
        ):
            finding = self.found(f"{phrase}.", facts, confidence=0.5, where=place, figure="loss")
            return Suspected(finding, ("learning_rate",))
        return Clear(f"Nothing points to steps that are too small: {phrase}.")

    def _decide(self, progress: Progress, program: Program | None, test: Series, creeps: bool) -> Outcome:
        """Compare the higher rates with the watched one."""
        base = arm(test, "x1")
        other = None if progress.is_worse_than_nothing else rival(test, multiples(test, above=True), progress)
        won = gain(progress, base, other) if other is not None else math.nan
        is_stuck = progress.is_stuck or (creeps and progress.learnt < STUCK)
        limit = self.unlearnt.value if is_stuck else self.better.value
        if other is None or not won >= limit:
            return Clear("No higher learning rate does far better in trainings from scratch with equal steps.")
        return self.found(
            f"{self._rate(program)}{progress.phrase}. From scratch, {other.name} the rate reaches a held-out loss of "
            f"{other.held_out:.3g} in {other.steps:.0f} steps, the watched rate {base.held_out:.3g} (difference "
            f"{other.difference:.3g}, 95 % interval [{other.low:.3g}, {other.high:.3g}]{other.validated}; {won:.2f} of "
            f"what there is to learn, threshold {limit:g}).",
            {
                **progress.evidence,
                "held_out": base.held_out,
                "held_out_higher_rate": other.held_out,
                "difference_high": other.high,
                "gain": won,
            },
            # an ordinary short training gains from it, too; of a few steps, their number is the matter
            severity=None if (is_stuck or creeps) and progress.steps >= self.fewest.value else Severity.TIP,
            confidence=0.9,
            where=at_optimizer(program),
            figure="loss",
        )

    @staticmethod
    def _is_tiny(program: Program | None) -> bool:
        """Whether small steps are the rate's doing: the gradient's size has no part in them, or the rate is unusual."""
        if program is None:
            return False
        optimizer = program.compile.optimizer
        return optimizer in SCALE_FREE or learning_rate(program) < USUAL_RATES.get(optimizer, (0.0, 0.0))[0]

    @staticmethod
    def _rate(program: Program | None) -> str:
        rate = learning_rate(program)
        return f"Learning rate {rate:g}: " if math.isfinite(rate) else ""
