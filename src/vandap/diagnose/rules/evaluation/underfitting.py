"""A model that has not learnt what there is to learn."""

from __future__ import annotations

import math

import numpy as np

from vandap.core.finding import Finding, Severity, Threshold, Where
from vandap.core.program import Program
from vandap.core.recipe import Recipe
from vandap.core.signals import Series
from vandap.diagnose.faults import transformed
from vandap.diagnose.progress import ENOUGH_STEPS, Progress
from vandap.diagnose.reading import Bounds, bounds, counts
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.watched import at_fit


class Underfitting(Rule):
    """The recommended model is no better than the dummy, or the network no better than a simple model.

    ## What it finds
    A recommended model that is not surely better than answering without looking at the inputs: an issue (a tip while
    so few rows leave room for a large gain). A network that a simple model beats by far although its training had
    come to an end: an issue, `network-beaten-by-simple-model`; a tip of that name where it is surely but not far
    behind, or was still learning when its time was over. A network that may be ahead, but not surely: a tip,
    `network-not-surely-better`.

    Of a watched script no dummy was trained: there, a loss on training *and* on validation examples that is, after a
    hundred steps, that of the best constant answer, while no more answers are right; a tip while it was still falling.

    ## Why it matters
    A score means nothing by itself: 95 % is poor where 96 % of the rows are of one class. A network that is not better
    than a linear model or a forest costs more, explains less and is slower.

    ## What to do
    No better than the dummy: check labels and inputs first (do they belong to the same rows?), then the features.
    Worse than a simple model: find a better learning rate, train longer, standardise the inputs; if it stays so, use
    the simple model with a clear conscience.

    ## References
    - skore, checks SK002 (dummy) and SK009 (gradient boosting); deepchecks, "Simple Model Comparison"
    - Grinsztajn, Oyallon, Varoquaux, Why do tree-based models still outperform deep learning on tabular data? (2022)
    """

    code = "D2"
    status = "stable"
    remedies = (
        "check-labels",
        "add-features",
        "find-learning-rate",
        "train-longer",
        "use-wider-network",
        "use-deeper-network",
        "use-simple-model",
    )
    faults = ("network-beaten-by-simple-model", "network-not-surely-better")
    explains = ("class-failure", "miscalibrated")
    hint = Threshold(
        2, "margins of the protocol (0.02 for a share): a smaller gain would hardly matter if it were real"
    )
    room = Threshold(10, "margins of the protocol (0.1 for a share): a gain that small a sample could hide")
    beaten = Threshold(5, "margins of the protocol (0.05 for a share): beyond what another seed gives")
    least_epochs = Threshold(
        5, "Prechelt, Early Stopping - But When? (1998): progress is judged over strips of 5 epochs"
    )
    still_falling = Threshold(0.05, "SageMaker Debugger LossNotDecreasing: a fall of 5 %, here of all that was learnt")
    one_answer = Threshold(0.9, "with nine of ten answers alike, mean recall says little about the ranking")
    least_steps = Threshold(ENOUGH_STEPS, "steps after which a healthy training shows some of its way, watched")
    like_dummy = Threshold(0.05, "skore SK002: within 5 % of the dummy, here the best constant answer, watched")
    right = Threshold(
        0.1, "of the way from the most frequent class to all: such answers are sure, not useless, watched"
    )
    late = Threshold(0.2, "share of the whole fall in the last quarter: a straight line has 0.25, watched")
    association = Threshold(0.05, "probability of so high a mean recall from answers that ignore the inputs")

    def check(
        self,
        dummy_gain: Series | None = None,
        network_gain: Series | None = None,
        confusion: Series | None = None,
        loss: Series | None = None,
        progress: Progress | None = None,
        val_loss: Series | None = None,
        program: Program | None = None,
    ) -> Outcome:
        """Compare with the dummy first, then the network with the simple rungs; a watched loss with a constant's."""
        gain, network = bounds(dummy_gain), bounds(network_gain)
        finding = self._dummy(gain, confusion) or self._network(network, self._unfinished(loss))
        if finding:
            return finding
        if not gain.is_known and not network.is_known and progress is not None and math.isfinite(progress.learnt):
            return self._watched(progress, progress.held_out(val_loss), program)
        if not gain.is_known and not network.is_known:
            return CannotTell("No model was compared with the dummy or with a simple model.")
        compared = {"the dummy by": gain, "the best simple model by": network}
        parts = [
            f"{name} {item.value:.3g} [{item.low:.3g}, {item.high:.3g}]"
            for name, item in compared.items()
            if item.is_known
        ]
        return Clear(f"The model beats {' and the network '.join(parts)}.")

    def _watched(self, progress: Progress, held_out: np.ndarray, program: Program | None) -> Outcome:
        """Of a training that had steps enough: whether its loss, held out too, is that of the best constant answer."""
        if not progress.steps >= self.least_steps.value:
            return CannotTell(f"Only {progress.steps:.0f} steps were made, fewer than {self.least_steps.value:g}.")
        validation = progress.learnt_at(float(held_out.min())) if held_out.size else math.nan
        learnt = max(progress.learnt, validation) if math.isfinite(validation) else progress.learnt
        knows = progress.accuracy - progress.majority
        shown = (
            f"In {progress.steps:.0f} steps {progress.phrase}: {learnt:.2f} of what there is to learn beyond it was "
            f"learnt (threshold {self.like_dummy.value:g})"
        )
        if learnt >= self.like_dummy.value or knows > self.right.value * (1 - progress.majority):
            return Clear(f"{shown}.")
        ended_early = progress.late_gain > self.late.value
        return self.found(
            f"{shown}{', and the loss was still falling' if ended_early else ''}.",
            {**progress.evidence, "learnt": learnt, "accuracy": progress.accuracy, "late_gain": progress.late_gain},
            severity=Severity.TIP if ended_early else Severity.ISSUE,
            confidence=0.6 if ended_early else 0.85,
            where=at_fit(program),
            figure="loss",
        )

    def _dummy(self, gain: Bounds, confusion: Series | None) -> Finding | None:
        if not gain.is_known:
            return None
        margin = _margin(gain)
        probability = _chance(confusion, self.one_answer.value)
        if gain.low > margin and not probability > self.association.value:
            return None
        vague = (
            gain.value > self.hint.value * margin
            and gain.high > self.room.value * margin
            and not probability > self.association.value
        )
        ignores = (
            f" Answers that ignore the inputs reach its mean recall with a probability of {probability:.2f} "
            f"(threshold {self.association.value:g})."
            if probability > self.association.value
            else ""
        )
        return self.found(
            f"The recommended model is not surely better than the dummy: {gain.value:+.3g} "
            f"[{gain.low:+.3g}, {gain.high:+.3g}] (threshold {margin:.3g}).{ignores}",
            {"gain": gain.value, "low": gain.low, "high": gain.high, "margin": margin},
            severity=Severity.TIP if vague else Severity.ISSUE,
            confidence=0.5 if vague else 0.9,
            where=Where("model"),
        )

    def _unfinished(self, loss: Series | None) -> str:
        """Say how the network's training was cut short; nothing if it was not."""
        values = np.zeros(0) if loss is None else np.asarray(loss.values, dtype=np.float64).ravel()
        if values.size == 0 or not np.isfinite(values).all():
            return ""
        if values.size < self.least_epochs.value:
            return f" Its losses were recorded {values.size} times only (threshold {self.least_epochs.value:g})."
        late, learnt = values[-max(1, values.size // 5) - 1] - values[-1], values.max() - values[-1]
        if late > self.still_falling.value * learnt and values[-1] <= values.min():
            return f" Its loss was still falling when it ended, by {late / learnt:.0%} of all it had learnt."
        return ""

    def _network(self, gain: Bounds, unfinished: str) -> Finding | None:
        if not gain.is_known or gain.low > 0:
            return None
        limit = self.beaten.value * _margin(gain)
        far = limit > 0 and gain.high < -limit
        severe = far and not unfinished
        what = "clearly worse than" if far else "not surely better than"
        return self.found(
            f"The network is {what} the best simple model: {gain.value:+.3g} [{gain.low:+.3g}, {gain.high:+.3g}] "
            f"(an issue beyond {-limit:.3g}).{unfinished}",
            {"gain": gain.value, "low": gain.low, "high": gain.high, "margin": _margin(gain)},
            severity=Severity.ISSUE if severe else Severity.TIP,
            confidence=0.9 if severe or gain.high < 0 else 0.6,
            fault=self.faults[0] if gain.high < 0 else self.faults[1],
            where=Where("model"),
        )

    def fault(self, recipe: Recipe) -> Recipe:
        """Shuffle all labels."""
        return transformed(recipe, "shuffle-labels", share=1.0)


def _margin(gain: Bounds) -> float:
    return gain.margin if math.isfinite(gain.margin) and gain.margin > 0 else 0.0


def _chance(confusion: Series | None, one_answer: float) -> float:
    """Probability that answers which ignore the inputs, given as often, reach this mean recall.

    NaN where it is not known, or where one answer has a larger share than `one_answer`.
    With the answers' shares fixed, the hits of a class are binomial; their weighted sum is taken as normal.
    """
    from scipy.special import ndtr

    matrix = None if confusion is None or confusion.values.ndim != 2 else counts(confusion.values)
    if matrix is None or matrix.shape[0] != matrix.shape[1]:
        return math.nan
    rows = matrix.sum(axis=1)
    seen = rows > 0
    if seen.sum() < 2:
        return math.nan
    answers = matrix.sum(axis=0) / matrix.sum()
    if answers.max() > one_answer:
        return math.nan
    recall = np.diagonal(matrix)[seen] / rows[seen]
    deviation = math.sqrt(float((answers * (1 - answers))[seen] @ (1 / rows[seen])))
    return float(1 - ndtr((recall.sum() - answers[seen].sum()) / deviation)) if deviation > 0 else 1.0
