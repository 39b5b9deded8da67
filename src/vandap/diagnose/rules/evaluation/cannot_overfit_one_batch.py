"""A model that cannot learn even one batch by heart."""

from __future__ import annotations

from vandap.core.finding import Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.progress import Progress
from vandap.diagnose.reading import number
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import NOT_USEFUL
from vandap.diagnose.watched import at_fit


class CannotOverfitOneBatch(Rule):
    """The model, trained on one batch over and over, does not learn it by heart.

    ## What it finds
    A training that learnt little is put to the test: the same model from its initial weights, trained on one batch
    alone, with dropout, augmentation and weight decay off, by its own optimiser or else by Adam. If over one answer
    in twenty is still wrong (or more than a twentieth of the variance unexplained), something between input and loss is
    broken. If Adam learns it, the optimiser is to blame. A training that learnt well needs no test.

    ## Why it matters
    Every network of some size can store a few examples. If this one cannot, no tuning helps: the gradient does not
    reach the weights, the output cannot take the targets' values, the loss does not fit, or equal inputs have
    different labels.

    ## What to do
    Look for a cause before tuning: output activation and loss, scale of targets, frozen or dead layers, learning rate,
    labels that belong to other rows.

    ## References
    - Karpathy, A Recipe for Training Neural Networks (2019): overfit one batch
    - TheDeepChecker: Ben Braiek and Khomh (2022): over 5 % errors after 1000 iterations
    """

    code = "D5"
    status = "stable"
    remedies = ("match-output-to-loss", "unfreeze-layers", "standardise-targets", "check-labels", "use-larger-network")
    explains = ("input-ignored", "stuck-loss", "collapsed-output", *NOT_USEFUL)
    errors = Threshold(0.05, "TheDeepChecker: over 5 % errors on one batch")

    def check(
        self, progress: Progress, program: Program | None = None, test_one_batch: Series | None = None
    ) -> Outcome:
        """Ask for the test where little was learnt, and let it decide."""
        if test_one_batch is None:
            return self._suspect(progress, program)
        first, last, steps, errors = (
            number(test_one_batch, "model", name) for name in ("first", "last", "steps", "errors")
        )
        measured = (
            f"Trained on one batch for {steps:.0f} steps, the loss went from {first:.3g} to {last:.3g}, "
            f"and {errors:.0%} of it are still wrong (threshold {self.errors.value:.0%})"
        )
        if not errors >= 0:
            return CannotTell("The test of one batch gave no result.")
        adam = number(test_one_batch, "adam", "errors")
        if adam <= self.errors.value:
            return Clear(f"{measured}. Adam at its usual rate learns it, so it is the optimiser or its rate.")
        if errors <= self.errors.value or progress.is_good:
            return Clear(f"{measured}.")
        return self.found(
            f"{measured}.",
            {**progress.evidence, "errors": errors, "first": first, "last": last, "batch_steps": steps},
            confidence=0.9,
            where=at_fit(program),
        )

    def _suspect(self, progress: Progress, program: Program | None) -> Outcome:
        if not progress.is_poor:
            return Clear(f"The training itself learnt: {progress.phrase}.")
        finding = self.found(
            f"Little was learnt: {progress.phrase}. Whether the model can learn one batch by heart would tell more.",
            progress.evidence,
            confidence=0.3,
            where=at_fit(program),
            figure="loss",
        )
        return Suspected(finding, ("one_batch",))
