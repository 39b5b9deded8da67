"""Labels that are wrong by chance."""

from __future__ import annotations

from vandap.core.finding import PRECAUTION, Finding, Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.held_out_gap import accuracy_gap
from vandap.diagnose.label_ranks import groups
from vandap.diagnose.observed import BINARY, CATEGORICAL, SPARSE
from vandap.diagnose.progress import Progress
from vandap.diagnose.reading import counts
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import MISJUDGED, NOT_USEFUL
from vandap.diagnose.watched import at_data

FEWEST_CLASSES = 4


class NoisyLabels(Rule):
    """Many labels are wrong by chance, so that the model can agree with the others only.

    ## What it finds
    Labels of four classes and more that are wrong at random. A short training on three quarters of the examples is
    asked about the others. Where the label is not its answer, the rank of the label tells why: on a hard task the right
    label stands second or third, and hardly ever last; a wrong label stands anywhere. The share of labels in the lower
    half of the ranks gives the share of wrong ones.

    It is found only if that share is surely large, also among the examples that the model is surest of (examples that
    tell nothing are not among those); if the ranks are flat; and if the model is right about nearly all labels that
    would then be right, so that nothing but wrong labels is left to explain.

    Not found: labels that one class takes from another one only, a few per cent of wrong labels, labels of two or three
    classes, of numbers or of several outputs, a network that learnt wrong labels by heart and was not validated, and
    noise so strong that hardly more than the most frequent class is predicted.

    ## Why it matters
    A network first learns what labels have in common, then the wrong ones by heart, which spoils its answers. Wrong
    validation labels hide how good it is.

    ## What to do
    Show the examples whose label is among the last answers of a model that was trained without them, and correct or
    drop them. Until then stop early, use a large batch, smooth the labels or take a loss that forgives.

    ## References
    - Northcutt, Jiang, Chuang, Confident Learning: Estimating Uncertainty in Dataset Labels (2021)
    - Arpit et al., A Closer Look at Memorization in Deep Networks (2017)
    """

    code = "A9"
    status = "stable"
    remedies = ("correct-labels", "smooth-labels", "stop-early", "check-labels")
    explains = (*MISJUDGED, *NOT_USEFUL)
    learnt = Threshold(0.7, "of what there is to learn: with less, or a gap to validation, labels are looked at")
    gap = Threshold(0.15, "of accuracy between training and validation: learnt by heart")
    noise = Threshold(0.2, "of the labels surely by chance, among the surer half; clean trainings of the bench: 0.05")
    surest = Threshold(0.1, "the same among the surest eighth, of fewer examples")
    flat = Threshold(3.0, "times a rank of the lower half that the second rank may hold; 5 and more on clean tasks")
    right = Threshold(0.7, "of the right labels that the model must answer; simulated hard clean tasks: up to 0.6")
    competent = Threshold(0.15, "of the way from the most frequent class to all labels that the model surely agrees")

    def check(
        self,
        program: Program,
        progress: Progress,
        label_counts: Series,
        epoch_metrics: Series | None = None,
        test_label_ranks: Series | None = None,
    ) -> Outcome:
        """Ask for the test where little was learnt or much by heart, and let it decide."""
        losses = program.compile.losses
        if len(losses) != 1 or losses[0].kind not in SPARSE | CATEGORICAL | BINARY:
            return Clear("No loss of one output measures answers among classes.")
        known = counts(label_counts.values)
        classes = 0 if known is None or known.ndim != 2 or len(known) != 1 else int((known[0] > 0).sum())
        if classes < FEWEST_CLASSES:
            return CannotTell(f"{classes} classes were seen; ranks tell something from {FEWEST_CLASSES} on.")
        if progress.broke:
            return CannotTell("The loss became no finite number.")
        if progress.is_stuck:
            return CannotTell("Nothing was learnt by which labels could be judged.")
        gap = accuracy_gap(epoch_metrics)
        if progress.learnt > self.learnt.value and not gap > self.gap.value:
            return Clear(
                f"{progress.learnt:.2f} of what there is to learn was learnt (threshold {self.learnt.value:g})."
            )
        if test_label_ranks is None:
            # many things keep a training from learning all there is: by itself that is no word against the labels
            finding = self._finding(program, f"{_capital(progress.phrase)}.", progress.evidence, PRECAUTION / 2)
            return Suspected(finding, ("label_ranks",))
        return self.judge(program, test_label_ranks)

    def judge(self, program: Program | None, test: Series) -> Outcome:
        """Judge by the test alone."""
        everything, half, surest = groups(test)
        if not (everything.is_known and half.is_known and surest.is_known):
            return CannotTell("The test of ranks gave no result.")
        noise = min(1.0, everything.noise, half.noise, surest.noise)
        right = everything.right(noise)
        measured = (
            f"Trained anew, the model agrees with {everything.agreement:.0%} of held-out labels. Where it is surest, "
            f"so many labels are among its last answers that {half.noise:.0%} seem given by chance (surely "
            f"{half.noise_low:.0%}; threshold {self.noise.value:.0%}), and its second answer holds {half.steepness:.1f}"
            f" times as many as a late one (threshold {self.flat.value:g})"
        )
        if everything.lift < self.competent.value:
            return CannotTell(f"{measured}, but it is too weak to judge labels by.")
        if half.noise_low <= self.noise.value or surest.noise_low <= self.surest.value:
            return Clear(f"{measured}.")
        if half.steepness > self.flat.value or right < self.right.value:
            return Clear(f"{measured}; that leaves {right:.0%} of right labels answered: a hard task shows the same.")
        evidence = {
            "noise": noise,
            "noise_low": half.noise_low,
            "agreement": everything.agreement,
            "steepness": half.steepness,
            "right": right,
            "examples": everything.examples,
        }
        return self._finding(
            program,
            f"{measured}. With {noise:.0%} by chance, it knows {min(right, 1):.0%} of the others.",
            evidence,
            0.8,
        )

    def _finding(self, program: Program | None, says: str, evidence: dict[str, float], confidence: float) -> Finding:
        return self.found(
            says,
            evidence,
            severity=Severity.ISSUE,
            confidence=confidence,
            where=at_data(program),
        )


def _capital(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]
