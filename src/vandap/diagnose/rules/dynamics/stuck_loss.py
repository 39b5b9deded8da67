"""A loss that does not move."""

from __future__ import annotations

from vandap.core.finding import Threshold
from vandap.core.program import Program
from vandap.diagnose.progress import ENOUGH_STEPS, STUCK, Progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.symptoms import NOT_USEFUL
from vandap.diagnose.watched import at_fit


class StuckLoss(Rule):
    """The training learnt nothing: its loss is no better than that of the best constant answer.

    ## What it finds
    After at least a hundred steps, a training loss within 2 % of the loss of a model that knows only how often each
    answer occurs (where that is not known: within 2 % of the untrained network's), and an accuracy no better than the
    most frequent class.

    ## Why it matters
    The model knows nothing of its inputs. More epochs rarely help before the cause is found.

    ## What to do
    See whether the model can learn one batch by heart. If it cannot, something between input and loss is broken:
    output and loss, frozen or dead layers, scale of inputs. If it can: the learning rate, and whether labels belong to
    their inputs.

    ## References
    - Karpathy, A Recipe for Training Neural Networks (2019)
    - Amazon SageMaker Debugger, rule LossNotDecreasing
    """

    code = "C11"
    status = "stable"
    remedies = (
        "find-learning-rate",
        "match-output-to-loss",
        "standardise-inputs",
        "check-labels",
        "use-larger-network",
    )
    explains = ("collapsed-output", *NOT_USEFUL)
    learnt = Threshold(STUCK, "share of what there is to learn: less is noise between batches")
    steps = Threshold(ENOUGH_STEPS, "steps after which a healthy training shows some of its way")

    def check(self, progress: Progress, program: Program | None = None) -> Outcome:
        """Ask how much was learnt."""
        if progress.broke:
            return CannotTell("The loss became no finite number.")
        if not progress.is_comparable:
            return CannotTell("The targets moved while the model was trained, so its losses cannot be compared.")
        if not progress.steps >= self.steps.value:
            return CannotTell(f"Only {progress.steps:.0f} steps were made, fewer than {self.steps.value:g}.")
        if not progress.is_stuck:
            return Clear(f"Something was learnt: {progress.phrase}.")
        return self.found(
            f"Nothing was learnt in {progress.steps:.0f} steps: {progress.phrase} (threshold "
            f"{self.learnt.value:.0%} of what there is to learn).",
            {**progress.evidence, "learnt": progress.learnt, "accuracy": progress.accuracy},
            confidence=0.9,
            where=at_fit(program),
            figure="loss",
        )
