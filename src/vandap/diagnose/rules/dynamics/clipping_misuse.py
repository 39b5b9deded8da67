"""A gradient that is cut in every step."""

from __future__ import annotations

import math

import numpy as np

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.decisive import arm, gain, multiples, rival
from vandap.diagnose.network import setting
from vandap.diagnose.progress import Progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import NOT_LEARNING
from vandap.diagnose.watched import SCALE_FREE, at_optimizer, statistic


class ClippingMisuse(Rule):
    """The gradient is clipped so tightly that it is cut to a small part in nearly every step.

    ## What it finds
    A clipping of the gradient's norm, or of its entries, below a tenth of the usual size, with an optimiser whose
    steps are as long as the gradient, in a training that learnt little: an issue where it learnt nothing, where a
    hundredth of the gradient is left, or where a test shows that longer steps are surely and far better. Optimisers
    that divide by the gradient's size do not mind.

    ## Why it matters
    Clipping is a guard against rare outliers. Cut in every step, the gradient loses its length, and the learning rate
    in effect is a fraction of the one that was asked for.

    ## What to do
    Set the limit near the ninetieth percentile of the gradient's norm, or raise the learning rate by the same factor.

    ## References
    - Deep Learning Tuning Playbook (2023): clip at the ninetieth percentile; if over half of the steps are cut, lower
      the learning rate instead
    """

    code = "C14"
    status = "stable"
    remedies = ("raise-clipping", "raise-learning-rate")
    explains = ("learning-rate-too-low", "weights-do-not-change", "wrong-epochs", *NOT_LEARNING)
    tight = Threshold(0.1, "share of the usual gradient that is left")
    hopeless = Threshold(0.01, "share of the usual gradient that is left: as a hundredth of the learning rate")
    better = Threshold(0.25, "share of what there is to learn that a higher rate must win, which makes up for clipping")

    def check(
        self, progress: Progress, gradients: Series, program: Program, test_learning_rate: Series | None = None
    ) -> Outcome:
        """Compare the limit with the usual norm."""
        clipped = _clipped(program, gradients)
        if clipped is None:
            return Clear("The gradient is not clipped.")
        if program.compile.optimizer in SCALE_FREE:
            return Clear(f"{program.compile.optimizer} divides by the gradient's size, so a limit changes little.")
        what, limit, usual = clipped
        if not usual > 0:
            return CannotTell("The gradient was not probed, or is zero.")
        measured = f"{what} is clipped at {limit:.3g} and usually {usual:.3g}"
        if not (limit < self.tight.value * usual and progress.is_poor):
            return Clear(f"{measured} (threshold {self.tight.value:g} of that).")
        severe = progress.is_stuck or limit < self.hopeless.value * usual
        longer = rival(test_learning_rate, multiples(test_learning_rate, above=True), progress)
        if longer is not None:
            severe = severe or gain(progress, arm(test_learning_rate, "x1"), longer) >= self.better.value
        finding = self.found(
            f"{measured} (threshold {self.tight.value:g} of that); {progress.phrase}.",
            {**progress.evidence, "limit": limit, "usual": usual},
            severity=Severity.ISSUE if severe else Severity.TIP,
            confidence=0.85 if severe else 0.6,
            where=at_optimizer(program),
            figure="gradients",
        )
        return finding if severe or test_learning_rate is not None else Suspected(finding, ("learning_rate",))


def _clipped(program: Program, gradients: Series) -> tuple[str, float, float] | None:
    """What is clipped, its limit, and its usual size; None where nothing is."""
    settings = program.compile.settings
    limits = [setting(settings, name) for name in ("clipnorm", "global_clipnorm")]
    norms = [limit for limit in limits if limit > 0]
    if norms:
        totals = np.sqrt(np.nansum(statistic(gradients, "norm") ** 2, axis=1))
        return "The gradient's norm", min(norms), float(np.median(totals)) if totals.size else math.nan
    limit, entries = setting(settings, "clipvalue"), statistic(gradients, "mean_absolute")
    if not limit > 0:
        return None
    known = entries[np.isfinite(entries)]
    return "Every entry of the gradient", limit, float(np.median(known)) if known.size else math.nan
