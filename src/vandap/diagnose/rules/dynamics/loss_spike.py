"""Single steps that throw the loss up."""

from __future__ import annotations

import numpy as np

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.curves import finite, smooth
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.watched import at_fit


class LossSpike(Rule):
    """The loss jumped to many times its level for some steps in the middle of the training.

    ## What it finds
    Recorded steps whose loss, as a median of three, is above five times the median of the twenty before, and above the
    untrained network's: a jump that one odd batch, or a loss near zero, does not make.

    ## Why it matters
    A batch of odd values, or a step that was too long, undid a part of the training.

    ## What to do
    Clip the gradients, warm up the learning rate, look at the batch at that step.

    ## References
    - Deep Learning Tuning Playbook (2023), training instability
    - Molybog et al., A Theory on Adam Instability in Large-Scale Machine Learning (2023)
    """

    code = "C13"
    severity = Severity.TIP
    remedies = ("clip-gradients", "warm-up", "lower-learning-rate")
    jump = Threshold(5, "times the median of the twenty recorded steps before")
    steps = Threshold(60, "recorded steps below which no level is settled")

    def check(self, step_loss: Series, step_number: Series | None = None, program: Program | None = None) -> Outcome:
        """Compare each step with the level before it and with the start."""
        values = finite(step_loss)
        if values.size < self.steps.value:
            return CannotTell(f"Fewer than {self.steps.value:g} steps were recorded.")
        level, now = smooth(values, 20)[:-3], smooth(values, 3)[20:]
        size = min(level.size, now.size)
        level, now = level[:size], now[:size]
        spikes = np.flatnonzero((level > 0) & (now > self.jump.value * level) & (now > values[:5].max()))
        if not spikes.size:
            return Clear(f"No step is above {self.jump.value:g} times the level before it and above the start.")
        place = int(spikes[0]) + 21
        step = _step(step_number, place, step_loss.values.size)
        return self.found(
            f"About step {step:.0f} the loss jumps from {level[spikes[0]]:.3g} to {now[spikes[0]]:.3g} (threshold "
            f"{self.jump.value:g} times).",
            {"step": step, "level": level[spikes[0]], "loss": now[spikes[0]], "steps_above": float(spikes.size)},
            confidence=0.6,
            where=at_fit(program),
            figure="loss",
        )


def _step(step_number: Series | None, place: int, recorded: int) -> float:
    numbers = np.zeros(0) if step_number is None else np.asarray(step_number.values, dtype=np.float64).ravel()
    known = numbers.size == recorded and place < numbers.size and np.isfinite(numbers[place])
    return float(numbers[place]) if known else float(place)
