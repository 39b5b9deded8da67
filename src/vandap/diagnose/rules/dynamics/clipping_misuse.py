"""A gradient that is cut in every step."""

from __future__ import annotations

import numpy as np

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.network import setting
from vandap.diagnose.progress import Progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.symptoms import NOT_LEARNING
from vandap.diagnose.watched import SCALE_FREE, at_compile, statistic


class ClippingMisuse(Rule):
    """The gradient is clipped so tightly that it is cut to a small part in nearly every step.

    ## What it finds
    A clipping of the gradient's norm below a tenth of its usual size, with an optimiser whose steps are as long as the
    gradient, in a training that learnt nothing
    (an issue) or little (a tip). Optimisers that divide by the gradient's size do not mind.

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
    remedies = ("raise-clipping", "raise-learning-rate")
    explains = ("learning-rate-too-low", "weights-do-not-change", *NOT_LEARNING)
    tight = Threshold(0.1, "share of the usual gradient that is left")
    probes = Threshold(4, "probes below which no gradient is usual")

    def check(self, progress: Progress, gradients: Series, program: Program) -> Outcome:
        """Compare the limit with the usual norm."""
        settings = program.compile.settings
        limit = min((setting(settings, name) for name in ("clipnorm", "global_clipnorm")), key=_nan_last)
        if not limit > 0:
            return Clear("The gradient's norm is not clipped.")
        if program.compile.optimizer in SCALE_FREE:
            return Clear(f"{program.compile.optimizer} divides by the gradient's size, so a limit changes little.")
        norms = statistic(gradients, "norm")
        if len(norms) < self.probes.value:
            return CannotTell("The gradient was probed too few times.")
        usual = float(np.nanmedian(np.sqrt(np.nansum(norms**2, axis=1))))
        measured = f"The gradient's norm is clipped at {limit:.3g} and usually {usual:.3g}"
        if not (usual > 0 and limit < self.tight.value * usual and progress.is_poor):
            return Clear(f"{measured} (threshold {self.tight.value:g} of that).")
        return self.found(
            f"{measured} (threshold {self.tight.value:g} of that); {progress.phrase}.",
            {**progress.evidence, "limit": limit, "usual": usual},
            severity=Severity.ISSUE if progress.is_stuck else Severity.TIP,
            confidence=0.85 if progress.is_stuck else 0.6,
            where=at_compile(program),
            figure="gradients",
        )


def _nan_last(value: float) -> float:
    return value if np.isfinite(value) else np.inf
