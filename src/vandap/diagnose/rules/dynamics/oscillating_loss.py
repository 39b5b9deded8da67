"""A loss that swings."""

from __future__ import annotations

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.curves import finite, noise
from vandap.diagnose.progress import Progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.watched import at_optimizer


class OscillatingLoss(Rule):
    """The training loss swings from epoch to epoch by a good part of all that was gained.

    ## What it finds
    A swing between epochs, measured by second differences so that no trend counts, above a fifth of the whole fall of
    the loss, in the second half of at least ten epochs.

    ## Why it matters
    Each epoch averages over all batches, so what is left of the swing is the steps' own: they jump from one wall of the
    valley to the other.

    ## What to do
    Lower the learning rate or let it decay, take a momentum of 0.9, larger batches, or an optimiser that adapts.

    ## References
    - AutoTrainer: Zhang et al. (2021); TheDeepChecker: Ben Braiek and Khomh (2022)
    """

    code = "C12"
    severity = Severity.TIP
    remedies = ("lower-learning-rate", "schedule-learning-rate", "use-larger-batches", "usual-optimiser-settings")
    swing = Threshold(0.2, "share of the whole fall; epochs of healthy trainings differ by less than a tenth")
    real = Threshold(0.05, "share of the first loss: a curve that falls by less is stuck, and its swing is noise")
    epochs = Threshold(10, "epochs below which a swing cannot be told from a course")

    def check(self, progress: Progress, loss: Series, program: Program | None = None) -> Outcome:
        """Compare the swing of the second half with the fall of the whole curve."""
        values = finite(loss)
        if values.size < self.epochs.value:
            return CannotTell(f"Fewer than {self.epochs.value:g} epochs were run.")
        fall = max(float(values[0]), progress.start) - float(values.min())
        swing = noise(values[values.size // 2 :])
        measured = f"From epoch to epoch the loss swings by {swing:.3g}; in all it fell by {fall:.3g}"
        if not (fall > self.real.value * abs(progress.start) and swing > self.swing.value * fall):
            return Clear(f"{measured} (threshold {self.swing.value:g} of that).")
        return self.found(
            f"{measured} (threshold {self.swing.value:g} of that).",
            {"swing": swing, "fall": fall, "epochs": float(values.size)},
            confidence=0.6,
            where=at_optimizer(program),
            figure="loss",
        )
