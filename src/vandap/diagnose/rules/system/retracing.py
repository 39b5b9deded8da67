"""A train step that is compiled again and again."""

from __future__ import annotations

import numpy as np

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.watched import at_fit, fact


class Retracing(Rule):
    """The train step seems to be compiled again in the middle of the training.

    ## What it finds
    At least five recorded steps after the first that took twenty times the usual duration and at least half as long as
    the very first step, which compiles. The smaller batch at the end of the data accounts for one or two. Where no step
    is compiled, as on PyTorch without `jit_compile=True` and with `run_eagerly=True`, there is nothing to find.

    ## Why it matters
    Compilation costs seconds each time, often more than all the steps between.

    ## What to do
    Give every batch the same shape: drop or pad the rest, pad texts to a few fixed lengths; pass numbers that change as
    tensors; do not make layers or functions inside the step.

    ## References
    - TensorFlow guide, Better Performance with tf.function: rules of tracing; JAX guide, just-in-time compilation
    """

    code = "E4"
    severity = Severity.TIP
    remedies = ("fix-batch-shape", "pad-to-few-lengths")
    slow = Threshold(20, "times the median duration")
    compiling = Threshold(0.5, "of the first step's duration, which compiles")
    count = Threshold(5, "compilations; one for the last batch of training and validation each are usual")
    steps = Threshold(50, "recorded steps")

    def check(self, step_times: Series, program: Program | None = None) -> Outcome:
        """Count the later steps that took as long as the first."""
        if program is not None and not _compiles(program):
            return Clear("The steps of this training are not compiled.")
        seconds = fact(step_times, "step")
        seconds = seconds[np.isfinite(seconds) & (seconds > 0)]
        if seconds.size < self.steps.value:
            return CannotTell(f"Fewer than {self.steps.value:g} steps were timed.")
        first, later = float(seconds[0]), seconds[1:]
        usual = float(np.median(later))
        again = later[(later > self.slow.value * usual) & (later > self.compiling.value * first)]
        measured = (
            f"{again.size} later steps took as long as a compilation (the first step: {first:.3g} s, usual: "
            f"{usual:.3g} s; threshold {self.count.value:g} steps)"
        )
        if again.size < self.count.value:
            return Clear(f"{measured}.")
        return self.found(
            f"{measured}.",
            {"again": float(again.size), "first_seconds": first, "usual_seconds": usual},
            confidence=0.6,
            where=at_fit(program),
        )


def _compiles(program: Program) -> bool:
    """Whether Keras compiles the step: TensorFlow traces it always, the others where they are told to."""
    options = program.compile.options
    if options.get("run_eagerly") is True:
        return False
    compiled = options.get("jit_compile")
    return {"torch": compiled is True, "jax": compiled is not False}.get(program.backend, True)
