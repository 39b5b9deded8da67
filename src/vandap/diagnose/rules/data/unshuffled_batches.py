"""Batches that hold one class after the other."""

from __future__ import annotations

import numpy as np

from vandap.core.finding import Finding, Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.observed import have_several_classes
from vandap.diagnose.reading import counts, names, number
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.symptoms import SHOWN
from vandap.diagnose.time_series import carries_state, may_be_series
from vandap.diagnose.watched import at_fit

_DRAWS = 1_000
_UNLESS_MEANT = "; of a time series that may be meant, and needs no change"


class UnshuffledBatches(Rule):
    """Successive batches hold one kind of examples each, because the data were not shuffled.

    ## What it finds
    Batches in which the classes are far less mixed than in the whole: the entropy of the classes within a batch against
    that of all examples, corrected for the size of the batches. For targets that are numbers the same is a tip, because
    order may be meant; so it is with a loss of one's own, which may want its batches sorted. Where the examples may be
    pieces of a time series (inputs with steps and features, or columns that repeat each other a step later) and the
    targets are numbers, or where a layer carries a state from batch to batch, order is meant, and nothing is said.

    ## Why it matters
    A batch of one class teaches the model to answer that class whatever it sees. The next batch teaches it another, and
    what comes out knows best the class that came last. Batch normalisation sees a different world in every batch.

    ## What to do
    Shuffle: leave `shuffle=True` for arrays; in a `tf.data` pipeline shuffle before `batch` with a buffer as large as
    the data; in a generator draw a new permutation every epoch. The pieces of a time series may stay in order; of a
    network without a state they may be shuffled, too, once the latest are set aside to validate.

    ## References
    - Bottou, Stochastic Gradient Descent Tricks (2012): shuffle the examples
    - Meng et al., Convergence analysis of distributed stochastic gradient descent with shuffling (2019)
    """

    code = "A14"
    status = "stable"
    remedies = ("shuffle-examples", "enlarge-shuffle-buffer")
    explains = SHOWN
    mixed = Threshold(0.6, "entropy of the classes within a batch over that of all; shuffled batches have 0.95 to 1.05")
    in_turn = Threshold(0.85, "the same of two successive groups: of sorted classes they mix two at most, and seldom")
    chance = Threshold(0.001, "share of shuffled trainings whose batches are mixed as little or less")
    group = Threshold(32, "examples that are looked at together; smaller batches are joined with the next")

    def check(
        self,
        batch_labels: Series,
        program: Program | None = None,
        label_counts: Series | None = None,
        batch_order: Series | None = None,
        input_statistics: Series | None = None,
        feature_statistics: Series | None = None,
        label_statistics: Series | None = None,
    ) -> Outcome:
        """Compare the classes within batches with those of all examples."""
        if carries_state(program):
            return Clear("A layer carries its state from batch to batch: the order is part of the model.")
        groups = self._groups(batch_labels, label_counts, label_statistics)
        if isinstance(groups, CannotTell):
            return groups
        whole = _whole(batch_labels, groups, label_counts)
        ratio = _within(groups) / _entropy(whole) if _entropy(whole) > 0 else float("nan")
        evidence = {"mixed": ratio, "batches": len(groups)}
        numbers = names(batch_labels, 1)[0].startswith("decile")
        is_series = may_be_series(program, input_statistics, feature_statistics)
        if not ratio < self.mixed.value:
            return self._order(ratio, evidence, program, None if numbers or is_series else batch_order)
        by_chance = _by_chance(groups, whole, self.chance.value)
        if not ratio < by_chance:
            return CannotTell(
                f"Within a batch the labels are mixed {ratio:.0%} as well as in all, which shuffled batches of classes "
                f"as rare as these show by chance as well (down to {by_chance:.0%})."
            )
        if numbers and is_series:
            return Clear(f"Within a batch the targets are mixed {ratio:.0%} as well as in all, as in a time series.")
        if _within(groups[:-1] + groups[1:]) > self.in_turn.value * _entropy(whole):
            return self._in_turn(ratio, evidence, program)
        own = program is not None and any(not loss.module.startswith("keras") for loss in program.compile.losses)
        what = "the targets" if numbers else "the classes"
        return self.found(
            f"Within a batch {what} are mixed {ratio:.0%} as well as in all examples (threshold "
            f"{self.mixed.value:.0%}): the examples come in order{_UNLESS_MEANT if numbers else ''}.",
            evidence,
            severity=Severity.TIP if numbers or own else Severity.ISSUE,
            confidence=0.5 if numbers or own else 0.93,
            where=at_fit(program),
        )

    def _groups(
        self, batch_labels: Series, label_counts: Series | None, label_statistics: Series | None
    ) -> np.ndarray | CannotTell:
        """Classes of examples that are looked at together, shape `(groups, classes)`, or why there are none."""
        batches = None if batch_labels.values.ndim != 2 else counts(batch_labels.values)
        if batches is None or not batches.sum() > 0:
            return CannotTell("The labels of successive batches were not observed.")
        counted = label_counts.values if label_counts is not None else np.zeros(0)
        if counted.ndim == 2 and have_several_classes(np.nan_to_num(counted[:1]), label_statistics):
            return CannotTell("Each example has several classes (pixels, steps or tags): a batch of few is not mixed.")
        groups = _joined(batches, self.group.value)
        return groups if len(groups) > 2 else CannotTell("Fewer than three batches were observed.")

    def _in_turn(self, ratio: float, evidence: dict[str, float], program: Program | None) -> Finding:
        return self.found(
            f"Batches of one kind take turns: within one the labels are mixed {ratio:.0%} as well as in all examples "
            f"(threshold {self.mixed.value:.0%}), within two successive ones fully. An adversarial pair of models is "
            "trained so on purpose; batch normalisation and a single model are better off with mixed batches.",
            evidence,
            severity=Severity.TIP,
            confidence=0.4,
            where=at_fit(program),
        )

    def _order(
        self, ratio: float, evidence: dict[str, float], program: Program | None, order: Series | None
    ) -> Outcome:
        fit = None if program is None else program.fit
        # A pipeline of one's own may well shuffle once and cache: only Keras' own shuffling was switched off for sure.
        is_switched_off = fit is not None and fit.data == "arrays" and fit.shuffle is False
        if number(order, "same_order") == 1 and is_switched_off:
            return self.found(
                f"The batches are the same in every epoch (shuffle=False), though well mixed{_UNLESS_MEANT}.",
                evidence,
                severity=Severity.TIP,
                confidence=0.4,
                where=at_fit(program),
            )
        if np.isnan(ratio):
            return CannotTell("All examples that were observed have the same label.")
        return Clear(f"Within a batch the labels are mixed {ratio:.0%} as well as in all examples.")


def _joined(batches: np.ndarray, size: float) -> np.ndarray:
    """Join successive batches until each group has enough examples; what is left over is dropped."""
    groups, current = [], np.zeros(batches.shape[1])
    for batch in batches:
        current = current + batch
        if current.sum() >= size:
            groups.append(current)
            current = np.zeros(batches.shape[1])
    return np.array(groups).reshape(-1, batches.shape[1])


def _whole(batch_labels: Series, groups: np.ndarray, label_counts: Series | None) -> np.ndarray:
    """Counts of the classes over all examples: of the whole data where these are known, else of the batches."""
    seen = groups.sum(axis=0)
    if label_counts is None or label_counts.values.ndim != 2 or not label_counts.values.shape[0]:
        return seen
    whole = counts(np.nan_to_num(label_counts.values[0]))
    if whole is None or not set(names(batch_labels, 1)) <= set(names(label_counts, 1)):
        return seen
    return whole if _entropy(whole) > _entropy(seen) else seen


def _by_chance(groups: np.ndarray, whole: np.ndarray, share: float) -> float:
    """How well mixed groups of the same sizes are, drawn at random from the whole, at the low quantile `share`."""
    random, total = np.random.default_rng(0), np.zeros(_DRAWS)
    for size in groups.sum(axis=1).astype(int):
        drawn = random.multinomial(size, whole / whole.sum(), size=_DRAWS)
        logarithms = np.log(drawn / size, out=np.zeros(drawn.shape), where=drawn > 0)
        total += -(drawn / size * logarithms).sum(axis=1) + (np.count_nonzero(drawn, axis=1) - 1) / (2 * size)
    return float(np.quantile(total / len(groups), share)) / _entropy(whole)


def _within(groups: np.ndarray) -> float:
    """Mean entropy within the groups; few draws show less entropy than there is, which Miller (1955) corrects."""
    corrected = [_entropy(group) + (np.count_nonzero(group) - 1) / (2 * group.sum()) for group in groups]
    return float(np.mean(corrected))


def _entropy(group: np.ndarray) -> float:
    shares = group[group > 0] / group.sum() if group.sum() > 0 else np.ones(1)
    return float(-(shares * np.log(shares)).sum())
