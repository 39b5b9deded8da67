"""Steps that take far longer than the others."""

from __future__ import annotations

import numpy as np

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.watched import at_fit, fact


class StepOutliers(Rule):
    """A few steps take a good part of the whole time.

    ## What it finds
    Recorded steps, the first ones left out, of more than ten times the usual duration that together take over a fifth
    of the time.

    ## Why it matters
    Something interrupts the training now and then: a callback that writes or predicts, garbage collection, another
    process, a slow file.

    ## What to do
    Do less often what a callback does after each batch; write checkpoints by epoch; look at what else the machine runs.

    ## References
    - Amazon SageMaker Debugger, rule StepOutlier
    """

    code = "E3"
    severity = Severity.TIP
    remedies = ("call-back-less-often", "prefetch")
    outlier = Threshold(10, "times the median duration")
    share = Threshold(0.2, "of the whole time")
    wait = Threshold(
        0.5, "seconds of a step; back ends that work ahead make the call of one step wait for the work of several"
    )
    several = Threshold(3, "such steps: one compiles for the last, smaller batch of an epoch")
    steps = Threshold(50, "recorded steps, after the first five, which compile")

    def check(self, step_times: Series, program: Program | None = None) -> Outcome:
        """Add up what the outliers take."""
        seconds = fact(step_times, "step")[5:]
        seconds = seconds[np.isfinite(seconds) & (seconds > 0)]
        if seconds.size < self.steps.value:
            return CannotTell(f"Fewer than {self.steps.value:g} steps were timed.")
        usual = float(np.median(seconds))
        slow = seconds[seconds > max(self.outlier.value * usual, self.wait.value)]
        taken = float(slow.sum() / seconds.sum())
        measured = (
            f"{slow.size} of {seconds.size} recorded steps took over {self.outlier.value:g} times the usual "
            f"{usual:.3g} s and over {self.wait.value:g} s, together {taken:.0%} of the time "
            f"(threshold {self.share.value:.0%})"
        )
        if slow.size < self.several.value or not taken > self.share.value:
            return Clear(f"{measured}.")
        return self.found(
            f"{measured}.",
            {"outliers": float(slow.size), "share": taken, "usual_seconds": usual},
            confidence=0.6,
            where=at_fit(program),
        )
