"""Validation that is better than training without a reason."""

from __future__ import annotations

from vandap.core.finding import Severity, Threshold, Where
from vandap.core.signals import Series
from vandap.diagnose.curves import finite
from vandap.diagnose.progress import Progress
from vandap.diagnose.reading import number
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule


class SuspiciousValidation(Rule):
    """The model is far better on validation examples than on its own training examples, both in inference mode.

    ## What it finds
    A last validation loss below half of the loss on training examples in inference mode, by a good part of what there
    is to learn. That dropout, augmentation and the average over an epoch make the *reported* training loss worse is no
    reason for suspicion, so that loss is not used.

    ## Why it matters
    Held-out examples are never easier by so much by chance. The validation part may consist of copies or of one easy
    class, be prepared differently, or the training labels may be damaged.

    ## What to do
    Compare the two parts: classes, sources, preprocessing, duplicates. Split again, shuffled and stratified.

    ## References
    - UMLAUT: Schoop, Huang and Hartmann (2021): validation better than training
    """

    code = "D3"
    severity = Severity.TIP
    remedies = ("shuffle-and-stratify", "drop-repeated-rows", "check-labels")
    ratio = Threshold(0.5, "of the training loss: parts of one population differ by less")
    level = Threshold(0.1, "share of what there is to learn: near zero, half of a loss is nothing")
    examples = Threshold(100, "training examples below which the comparison is chance")

    def check(self, progress: Progress, val_loss: Series, inference_loss: Series) -> Outcome:
        """Compare both parts in inference mode."""
        validation = finite(val_loss)
        train, examples = number(inference_loss, "inference_mode"), number(inference_loss, "examples")
        if not validation.size or not train > 0 or not examples >= self.examples.value:
            return CannotTell("The two losses were not measured on enough examples.")
        last = float(validation[-1])
        room = progress.trivial if progress.trivial > 0 else progress.start
        measured = f"In inference mode the loss is {train:.3g} on training and {last:.3g} on validation examples"
        if not (last < self.ratio.value * train and train - last > self.level.value * room):
            return Clear(f"{measured} (threshold {self.ratio.value:g} times).")
        return self.found(
            f"{measured} (threshold {self.ratio.value:g} times).",
            {"train": train, "validation": last, "examples": examples},
            confidence=0.6,
            where=Where("data"),
            figure="loss",
        )
