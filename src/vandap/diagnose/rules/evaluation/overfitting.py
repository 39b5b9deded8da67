"""A network that knows its training rows better than their kind."""

from __future__ import annotations

import math

import numpy as np

from vandap.core.finding import Severity, Threshold, Where
from vandap.core.program import Program
from vandap.core.recipe import Recipe
from vandap.core.signals import Series
from vandap.diagnose.curves import finite
from vandap.diagnose.faults import transformed, with_network
from vandap.diagnose.held_out_gap import RISEN, SAME_ANSWERS, held_out_gap
from vandap.diagnose.progress import STUCK, Progress
from vandap.diagnose.reading import Bounds, bounds
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.skill import scale
from vandap.diagnose.watched import at_fit


class Overfitting(Rule):
    """The network does clearly better on its training rows than on held-out rows.

    ## What it finds
    A gap between the network's training and validation score that is beyond both intervals and beyond the threshold.
    It is an issue if the gap is twice the threshold, or if the validation loss has risen since its best and the network
    does not surely beat the simple models. A moderate gap of a network that beats them, kept at its best epoch, is a
    tip: closing it may help.

    Where a script was watched and there are no scores, the losses decide: a validation loss far above the training loss
    that has risen since its best, or never came down with it. If the accuracies do not surely differ (95 %, by the
    number of validation rows), it is a tip. A network
    that does no better than the best constant answer on its training rows knows nothing by heart.

    Only the network is judged. A random forest has a training score of 1 by construction, whether it generalises or
    not.

    ## Why it matters
    The capacity went into what is particular to the training rows. The gap is what more data, augmentation or
    regularisation could win.

    ## What to do
    In this order: more data or augmentation, weight decay and dropout, early stopping, a smaller network. Judge each by
    the validation score, not by the gap: a gap can be closed by making the training score worse.

    ## References
    - skore, check SK001: gap above max(0.03, 10 %)
    - Prechelt, Early Stopping - But When? (1998)
    """

    code = "D1"
    status = "stable"
    remedies = (
        "augment",
        "add-weight-decay",
        "add-dropout",
        "stop-early",
        "penalise-weights",
        "use-smaller-network",
        "select-features",
        "smooth-labels",
        "mix-rows",
        "average-networks",
        "collect-more-data",
    )
    explains = ("network-beaten-by-simple-model", "network-not-surely-better")
    gap = Threshold(0.03, "skore SK001, absolute")
    relative_gap = Threshold(0.1, "skore SK001: a tenth of the training score")
    large = Threshold(2, "times the threshold: large whatever the validation loss did")
    by_heart = Threshold(0.5, "share of the loss of knowing nothing between training and validation, watched")
    risen = Threshold(RISEN, "the same share, since the best epoch: beyond what sure answers cost, watched")
    accuracy = Threshold(
        SAME_ANSWERS, "that the accuracies surely differ by; below, only the sureness of answers suffered, watched"
    )
    loss_rise = Threshold(0.1, "Prechelt (1998): generalisation loss, here a tenth above the best validation loss")

    def check(
        self,
        train_score: Series | None = None,
        validation_score: Series | None = None,
        val_loss: Series | None = None,
        network_gain: Series | None = None,
        ladder_scores: Series | None = None,
        progress: Progress | None = None,
        epoch_metrics: Series | None = None,
        program: Program | None = None,
    ) -> Outcome:
        """Compare the lower end of the gap with its thresholds, then ask whether it hurts."""
        if train_score is None or validation_score is None:
            return self._watched(progress, val_loss, epoch_metrics, program)
        train, validation = bounds(train_score), bounds(validation_score)
        if not train.is_known or not validation.is_known:
            return CannotTell("The network's training and validation scores have no interval.")
        metric = scale(ladder_scores, train.value, validation.value, train.high, validation.high)
        gap, surely = metric.gap(train.value - validation.value), metric.gap(train.low - validation.high)
        limit = max(self.gap.value, self.relative_gap.value * metric.level(train.value))
        if not math.isfinite(gap) or not math.isfinite(limit):
            return CannotTell("An error has no scale without the dummy's error.")
        scores = f"Training score {train.value:.3g}, validation score {validation.value:.3g}"
        if surely <= limit:
            return Clear(f"{scores}: a gap of {gap:.3f}, surely at least {max(surely, 0):.3f} (threshold {limit:.3f}).")
        rise = _rise(val_loss)
        severe = surely > self.large.value * limit or (rise > self.loss_rise.value and not _wins(bounds(network_gain)))
        risen = f" The validation loss has risen by {rise:.0%} since its best." if rise > self.loss_rise.value else ""
        return self.found(
            f"{scores}: a gap of {gap:.3f}, surely at least {surely:.3f} (threshold {limit:.3f}, "
            f"large from {self.large.value * limit:.3f} on).{risen}",
            {"gap": gap, "gap_low": surely, "threshold": limit, "val_loss_rise": rise},
            severity=Severity.ISSUE if severe else Severity.TIP,
            confidence=0.9 if severe else 0.6,
            where=Where("fit"),
            figure="loss",
        )

    def _watched(
        self, progress: Progress | None, val_loss: Series | None, metrics: Series | None, program: Program | None
    ) -> Outcome:
        """Judge by the course of both losses, and by both accuracies where they were measured."""
        gap = held_out_gap(progress, val_loss, metrics, program)
        if gap is None:
            return CannotTell("Too few epochs with a training and a validation loss were watched.")
        measured = (
            f"The training loss ends at {gap.train:.3g}, the validation loss at {gap.validation:.3g}: {gap.share:.2f} "
            f"of the loss of knowing nothing lies between (threshold {self.by_heart.value:g}), and {gap.rise:.2f} of "
            f"it came since the best epoch (threshold {self.risen.value:g})"
        )
        if not (gap.share > self.by_heart.value or gap.has_risen):
            return Clear(f"{measured}.")
        if progress is not None and progress.learnt_at(gap.train) < STUCK:
            return Clear(f"{measured}; but the best constant answer has {progress.trivial:.3g}: nothing was learnt.")
        accuracies = (
            f" The accuracies differ by {gap.accuracy:.2f}, surely by {max(gap.least_accuracy, 0.0):.2f} (threshold "
            f"{self.accuracy.value:g})."
            if math.isfinite(gap.accuracy)
            else ""
        )
        return self.found(
            f"{measured}.{accuracies}",
            {"gap": gap.share, "rise": gap.rise, "accuracy_gap": gap.accuracy, "epochs": gap.epochs},
            severity=Severity.TIP if gap.is_harmless else Severity.ISSUE,
            confidence=0.6 if gap.is_harmless else 0.85,
            where=at_fit(program),
            figure="loss",
        )

    def fault(self, recipe: Recipe) -> Recipe:
        """Train long and unregularised on sixty rows, too few to stop early by, a third of them with a random label."""
        few = transformed(transformed(recipe, "shuffle-labels", share=0.3), "keep-rows", count=60)
        return with_network(few, epochs=200, dropout=0.0, weight_decay=0.0, label_smoothing=0.0, augment=[])


def _rise(val_loss: Series | None) -> float:
    """How far the last validation losses are above the best, beyond the noise between epochs; NaN if not known."""
    values = finite(val_loss)
    if values.size < 5 or values.min() <= 0:
        return math.nan
    noise = float(np.median(np.abs(np.diff(values, 2))) / 0.6745 / math.sqrt(6))
    return float((np.median(values[-3:]) - 2 * noise) / values.min() - 1)


def _wins(gain: Bounds) -> bool:
    return gain.is_known and gain.low > 0
