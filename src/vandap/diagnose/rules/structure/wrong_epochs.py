"""A training that stopped too early, or went on for too long."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from vandap.core.finding import Finding, Severity, Threshold, Where
from vandap.core.monitored import mode_instead
from vandap.core.program import FitCall, Program
from vandap.core.signals import Series
from vandap.diagnose.curves import finite
from vandap.diagnose.decisive import Arm, arm, gain, rival
from vandap.diagnose.held_out_gap import RISEN, SAME_ANSWERS, Gap, held_out_gap
from vandap.diagnose.progress import STUCK, Progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.rules.structure.unusual_batch_size import UnusualBatchSize
from vandap.diagnose.symptoms import NOT_LEARNING
from vandap.diagnose.watched import at_fit


class WrongEpochs(Rule):
    """The training ended while the loss was still falling fast, or long after its best.

    ## What it finds
    A training that had learnt little when it ended, and learnt a good part of that in its last quarter: it was still
    on its way, unless validation says that it learnt by heart. Of a few dozen steps, or of one or two epochs, five
    times as many must be better in a test: far better, but less so of one or two epochs, or where huge batches are why
    there are so few; where nothing was learnt in a few dozen steps, 25 times as many. An early stopping that watches a
    score as if it were a loss (or the other way round), so that it stops as things get better. Many epochs after the
    best validation loss, without keeping the best weights, are a tip; an issue where that loss rose far and answers
    that it had right are wrong now.

    ## Why it matters
    What comes out is the state at the end. Too early, the model is worse than the same one after some more epochs;
    too late, it has learnt its training examples by heart.

    ## What to do
    Give many epochs, and `EarlyStopping(monitor="val_loss", patience=10, restore_best_weights=True)`.

    ## References
    - Prechelt, Early Stopping - But When? (1998)
    - Google, Deep Learning Tuning Playbook (2023): how long to train
    """

    code = "B19"
    status = "stable"
    remedies = ("train-longer", "use-early-stopping", "repair-early-stopping")
    explains = NOT_LEARNING
    late = Threshold(0.2, "share of the whole fall in the last quarter; a flat end has 0.05, a straight line 0.25")
    nothing = Threshold(0.98, "of the best constant answer's loss, and of the first half's: validation finds nothing")
    told = Threshold(4, "epochs of validation from which their second half tells whether it falls")
    learnt = Threshold(0.3, "share of what there is to learn: above it the training was long enough to be judged")
    few_steps = Threshold(100, "steps below which the end of the curve is no guide, because it has hardly begun")
    few_passes = Threshold(3, "passes over the examples below which each was hardly seen, however many steps that are")
    comparable = Threshold(0.5, "share of the watched steps below which the test's own is no stand-in for the training")
    enough = Threshold(0.8, "share of what there is to learn: above it a short training has done its work")
    gain = Threshold(0.25, "share of what there is to learn that five times the steps must add")
    gain_of_batches = Threshold(0.05, "the same where huge batches leave hardly any steps: what standardising must add")
    gain_of_passes = Threshold(0.1, "the same where each example was hardly seen: nothing is cheaper than more passes")
    hardly_begun = Threshold(40, "steps of which 25 times as many fit into a test")
    nothing_yet = Threshold(0.1, "share of what there is to learn: below it a training of so few steps has not begun")
    usual_batch = Threshold(32, "Masters and Luschi: with such batches the same epochs would make many more steps")
    more = Threshold(4, "times the steps that usual batches would make: below it the batch is not the reason")
    after_best = Threshold(3, "epochs in all over epochs to the best validation loss")
    risen = Threshold(1.3, "validation loss at the end over the best one")
    cost = Threshold(RISEN, "share of the loss of knowing nothing by which it rose: beyond what sure answers cost")
    answers = Threshold(SAME_ANSWERS, "difference of the accuracies below which only the sureness of answers suffered")

    def check(
        self,
        program: Program,
        progress: Progress | None = None,
        loss: Series | None = None,
        val_loss: Series | None = None,
        epoch_metrics: Series | None = None,
        test_more_steps: Series | None = None,
        test_many_steps: Series | None = None,
    ) -> Outcome:
        """Look at the callbacks, then at the end of the curves; of a few steps, let the test tell."""
        fit, where = program.fit, at_fit(program)
        if fit.epochs <= 0:
            return CannotTell("No call of fit was seen.")
        if wrong := _wrong_mode(fit):
            finding = self.found(wrong, {"epochs_run": fit.epochs_run}, confidence=0.95, where=where)
            return replace(finding, remedies=("repair-early-stopping",))
        if progress is None:
            return Clear("The callbacks of fit agree with what they watch.")
        gap = held_out_gap(progress, val_loss, epoch_metrics, program)
        if fit.steps_before:
            says = f"The model had made {fit.steps_before} steps before; whether all are enough is not known."
            return self._long(fit, progress, finite(val_loss), gap, where) or CannotTell(says)
        if self._is_short(progress, val_loss):
            return self._short(fit, progress, where)
        few = progress.steps < self.few_steps.value or 0 < fit.epochs_run < self.few_passes.value
        if progress.steps > 0 and few and progress.learnt < self.enough.value and not progress.broke:
            return self._by_test(fit, progress, test_more_steps, test_many_steps, where)
        return self._long(fit, progress, finite(val_loss), gap, where) or Clear(
            f"After {fit.epochs_run or fit.epochs} epochs the loss had settled, or most was learnt."
        )

    def _is_short(self, progress: Progress, val_loss: Series | None) -> bool:
        far = progress.learnt if math.isfinite(progress.learnt) else progress.fallen
        held_out = finite(val_loss)
        improving = held_out.size < 2 or bool(held_out[-1] <= 1.02 * held_out.min())
        improving = improving and not self._finds_nothing(progress.held_out(val_loss), progress.trivial)
        if held_out.size >= self.told.value:  # what training still gains, validation must gain as well
            improving = improving and int(held_out.argmin()) >= held_out.size - 2
        if 0 < progress.steps < self.few_steps.value:
            return False
        return far < self.learnt.value and progress.late_gain > self.late.value and improving and not progress.broke

    def _finds_nothing(self, held_out: np.ndarray, trivial: float) -> bool:
        """Whether validation is no better than a constant answer and no longer falls: the rest is learnt by heart."""
        if held_out.size < self.told.value or not held_out.min() > self.nothing.value * trivial:
            return False
        half = held_out.size // 2
        return bool(held_out[half:].min() > self.nothing.value * held_out[:half].min())

    def _short(self, fit: FitCall, progress: Progress, where: Where) -> Finding:
        stopped = " An early stopping ended it." if fit.stopped_early else ""
        few = progress.fallen > 0.02 or progress.learnt > 0.02
        if fit.class_weight and not math.isfinite(progress.learnt):
            few = False  # the best constant answer of a weighted loss is not known, and so neither what was learnt
        return self.found(
            f"The training ended while it was learning: {progress.phrase}, and {progress.late_gain:.0%} of the fall "
            f"came in the last quarter (threshold {self.late.value:.0%}).{stopped}",
            {"epochs_run": fit.epochs_run, "late_gain": progress.late_gain, **progress.evidence},
            severity=Severity.ISSUE if few else Severity.TIP,
            confidence=0.75 if few else 0.4,
            where=where,
        )

    def _by_test(
        self, fit: FitCall, progress: Progress, test: Series | None, longest: Series | None, where: Where
    ) -> Outcome:
        says = (
            f"The training made {progress.steps:.0f} steps in {fit.epochs_run or fit.epochs} epochs: {progress.phrase}"
        )
        base, longer = arm(test, "x1"), rival(test, ["x5"], progress)
        if not arm(test, "x5").is_known:
            return Suspected(self.found(f"{says}.", progress.evidence, confidence=0.4, where=where), ("more_steps",))
        if not base.share >= self.comparable.value:
            return CannotTell(f"{says}; the test had time for {base.share:.0%} of these steps only.")
        helps = longer is not None and gain(progress, base, longer) >= self._least(fit, progress).value
        if longer is not None and helps and progress.learnt_at(longer.held_out) >= STUCK:
            return self._too_short(f"{says}. Five times as many", fit, progress, base, longer, where)
        if progress.steps <= self.hardly_begun.value and progress.learnt < self.nothing_yet.value:
            return self._by_longer_test(says, fit, progress, longest, where)
        if not helps:
            return Clear(f"{says}, and five times as many do not help much.")
        return CannotTell(f"{says}; five times as many do not reach that either, so something else comes first.")

    def _by_longer_test(
        self, says: str, fit: FitCall, progress: Progress, test: Series | None, where: Where
    ) -> Outcome:
        """Of some dozen steps five times as many are few, too."""
        if not arm(test, "x25").is_known:
            return Suspected(self.found(f"{says}.", progress.evidence, confidence=0.4, where=where), ("many_steps",))
        base, longer = arm(test, "x1"), rival(test, ["x25"], progress)
        helps = longer is not None and gain(progress, base, longer) >= self._least(fit, progress).value
        if longer is None or not helps or progress.learnt_at(longer.held_out) < STUCK:
            return Clear(f"{says}, and 25 times as many do not help much.")
        return self._too_short(f"{says}. Of so few, 25 times as many", fit, progress, base, longer, where)

    def _too_short(self, says: str, fit: FitCall, progress: Progress, base: Arm, longer: Arm, where: Where) -> Finding:
        return self.found(
            f"{says} reach a held-out loss of {longer.held_out:.3g} instead of {base.held_out:.3g} "
            f"(95 % interval of the difference: {longer.low:.3g} to {longer.high:.3g}).",
            {"epochs_run": fit.epochs_run, "gain": gain(progress, base, longer), **progress.evidence},
            confidence=0.85,
            where=where,
        )

    def _least(self, fit: FitCall, progress: Progress) -> Threshold:
        """What five times the steps must add."""
        if self._is_starved(fit, progress):
            return self.gain_of_batches
        return self.gain_of_passes if 0 < fit.epochs_run < self.few_passes.value else self.gain

    def _is_starved(self, fit: FitCall, progress: Progress) -> bool:
        """Whether the batches are so large for the data that the optimiser hardly got a step."""
        usual = fit.examples / self.usual_batch.value * max(fit.epochs_run, 1)
        return progress.steps < UnusualBatchSize.steps.value and usual >= self.more.value * progress.steps

    def _long(
        self, fit: FitCall, progress: Progress, held_out: np.ndarray, gap: Gap | None, where: Where
    ) -> Finding | None:
        if held_out.size < 10 or _keeps_best(fit):
            return None
        best = int(held_out.argmin()) + 1
        if held_out.size < self.after_best.value * best or held_out[-1] < self.risen.value * held_out.min():
            return None
        found = not held_out.min() > self.nothing.value * progress.trivial  # else there was no best to stop at
        harms = found and gap is not None and gap.has_risen and not gap.is_harmless
        return self.found(
            f"The validation loss was best after epoch {best} of {held_out.size}, and is {held_out[-1]:.3g} at the end "
            f"(best {held_out.min():.3g}, threshold {self.risen.value:g} times); the best weights are not kept.",
            {"best_epoch": best, "epochs": held_out.size, "rise": gap.rise if gap else math.nan},
            severity=Severity.ISSUE if harms else Severity.TIP,
            confidence=0.8 if harms else 0.6,
            where=where,
        )


def _keeps_best(fit: FitCall) -> bool:
    """Whether the best weights are kept, by a callback or perhaps by the program itself between its calls of fit."""
    kept = fit.callback_settings.get("EarlyStopping", {}).get("restore_best_weights")
    return bool(kept) or "ModelCheckpoint" in fit.callbacks or fit.calls > 1


def _wrong_mode(fit: FitCall) -> str:
    """What is wrong with the direction in which the early stopping waits for improvement; "" where nothing is."""
    settings = fit.callback_settings.get("EarlyStopping", {})
    ways = {"max": "to fall (mode='min'), and it should rise", "min": "to rise (mode='max'), and it should fall"}
    wrong = ways.get(mode_instead(settings))
    return f"EarlyStopping waits for {settings['monitor']} {wrong}." if wrong else ""
