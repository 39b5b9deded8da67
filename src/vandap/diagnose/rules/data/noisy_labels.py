"""Labels that are wrong by chance."""

from __future__ import annotations

from vandap.core.finding import PRECAUTION, Finding, Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.held_out_gap import accuracy_gap
from vandap.diagnose.label_ranks import Ranks, evenness, groups
from vandap.diagnose.observed import BINARY, CATEGORICAL, SPARSE
from vandap.diagnose.progress import Progress
from vandap.diagnose.reading import counts
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import MISJUDGED, NOT_USEFUL
from vandap.diagnose.watched import at_data

RANKED = 4
"""Classes from which on ranks are judged; of fewer, a rank in the lower half is the second or the third answer."""


class NoisyLabels(Rule):
    """Many labels are wrong by chance, so that the model can agree with the others only.

    ## What it finds
    Labels that are wrong at random. A short training on three quarters of the examples is asked about the others, and
    clearly agrees with more labels than the most frequent class has.

    **Four classes and more.** Where the label is not its answer, the rank of the label tells why: on a hard task the
    right label stands second or third, and hardly ever last; a wrong label stands anywhere. The share of labels in the
    lower half of the ranks gives the share of wrong ones. It is found only if that share is surely large, also among
    the examples that the model is surest of (examples that tell nothing are not among those); if the ranks are flat;
    and if the model is right about nearly all labels that would then be right, so that nothing but wrong labels is left
    to explain.

    **Two and three classes.** On a hard task the model is mostly right where it is sure. It is found only if, in the
    half that it is surest of, labels contradict each of its answers surely and often; still among the surest eighth;
    and if it agrees with the labels of the other half nearly as often. The same is seen where something that is not
    among the inputs decides a constant share of the cases. Where one column tells the answers, alone or beside one of
    few values, nothing is said.

    Not found: labels that one class takes from another one only, a few per cent of wrong labels, labels of numbers or
    of several outputs, a network that learnt wrong labels by heart and was not validated, noise so strong that hardly
    more than the most frequent class is predicted, and a task of few classes that was half learnt only.

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
    contradicted = Threshold(
        0.15, "of the labels of each answer surely, in the surer half, and of all in the surest eighth"
    )
    even = Threshold(0.75, "of what is known of the surer half known of the other; 0.7 at most on clean tables")
    even_low = Threshold(0.45, "the same, surely; 0.5 at most on clean tables, which the former clears")
    plateau = Threshold(0.7, "of the contradiction in the surer half that the surest eighth still has; it falls on")
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
        if classes < 2:
            return CannotTell(f"{classes} classes were seen.")
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
        everything, half, surest, rest = groups(test)
        if not (everything.is_known and half.is_known and surest.is_known):
            return CannotTell("The test of ranks gave no result.")
        if everything.classes < RANKED:
            return self._of_few_classes(program, everything, half, surest, rest)
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

    def _of_few_classes(
        self, program: Program | None, everything: Ranks, half: Ranks, surest: Ranks, rest: Ranks
    ) -> Outcome:
        """Judge by how much more the model agrees with labels where it is surer."""
        even, even_low = evenness(half, rest)
        measured = (
            f"Trained anew, the model agrees with {everything.agreement:.0%} of held-out labels (the most frequent "
            f"class has {everything.majority:.0%}). Where it is surest, {1 - half.agreement:.0%} of them still "
            f"contradict it (surely {half.contradicted_low:.0%} for each answer; threshold "
            f"{self.contradicted.value:.0%}), of the surest eighth {1 - surest.agreement:.0%}, elsewhere "
            f"{1 - rest.agreement:.0%}: of what it knows of the surer half it knows {even:.2f} of the other (threshold "
            f"{self.even.value:g}), surely {even_low:.2f} (threshold {self.even_low.value:g})"
        )
        if everything.lift < self.competent.value:
            return CannotTell(f"{measured}, but it is too weak to judge labels by.")
        if everything.is_told:
            return CannotTell(f"{measured}, but a column or two tell its answers, so that it is hardly ever surer.")
        least = max(self.contradicted.value, self.plateau.value * (1 - half.agreement))
        if half.contradicted_low <= self.contradicted.value or 1 - surest.agreement <= least:
            return Clear(f"{measured}.")
        if even <= self.even.value or even_low <= self.even_low.value or half.steepness > self.flat.value:
            return Clear(f"{measured}: a hard task shows the same.")
        evidence = {
            "contradicted_surest": 1 - half.agreement,
            "contradicted_low": half.contradicted_low,
            "contradicted_rest": 1 - rest.agreement,
            "even": even,
            "even_low": even_low,
            "agreement": everything.agreement,
            "examples": everything.examples,
        }
        says = f"{measured}. Labels wrong by chance do that, or something that decides and is not among the inputs."
        return self._finding(program, says, evidence, 0.7)

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
