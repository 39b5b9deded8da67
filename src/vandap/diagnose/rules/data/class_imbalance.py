"""A rare class that the model neglects."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.recipe import Recipe
from vandap.core.signals import Series
from vandap.diagnose.faults import transformed
from vandap.diagnose.observed import REGRESSION, have_several_classes
from vandap.diagnose.progress import Progress
from vandap.diagnose.reading import counts, listed, names, number, row, wilson
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import NOT_LEARNING
from vandap.diagnose.watched import at_data, at_fit


class ClassImbalance(Rule):
    """A class is so rare that the model gives it up.

    ## What it finds
    A class far below its even share of the training rows whose recall is, beyond chance, well below that of the other
    classes: an issue. A rare class whose recall the held-out rows cannot settle, or that no model was asked about: a
    tip. A rare class that the model finds as well as the others is no fault. Where each example has several classes, as
    the pixels of a segmentation have, rows of a class cannot be counted, and nothing is said.

    A watched training is put to a test: the same network is trained from scratch on three quarters of the examples and
    asked about the others, in turn, and so is one whose classes weigh alike. All rare classes count together, for each
    alone has few rows. Where the training learnt nothing at all, equal weights must surely find more of them: else
    something else keeps it from learning. Weights of classes or examples say that the user knows; class weights that
    make a frequent class heavier still are an issue by themselves.

    ## Why it matters
    The loss is a mean over rows, so a class with few rows has little say: answering "the frequent class" is a cheap
    way to a small loss and a high accuracy, while the rare class is often the one the model was made for.

    ## What to do
    Judge by balanced accuracy, macro F1 or the precision-recall curve. Then compare, on held-out data, class weights,
    resampling, a focal loss and a moved threshold; start the output bias at the class frequencies.

    ## References
    - cleanlab, Datalab issue type "class imbalance": share below 0.1 / K
    - Amazon SageMaker Debugger, rule ClassImbalance: ratio above 10, error of a class above 0.7
    - He and Garcia, Learning from Imbalanced Data (2009)
    """

    code = "A8"
    status = "stable"
    remedies = (
        "weight-classes",
        "move-threshold",
        "resample-classes",
        "focal-loss",
        "balance-ensemble",
        "collect-rare-class",
    )
    explains = ("wrong-epochs", *NOT_LEARNING)
    even_share = Threshold(0.1, "cleanlab Datalab: rarest class below 0.1 / K of the rows")
    ratio = Threshold(10, "SageMaker Debugger ClassImbalance: most frequent over rarest above 10")
    kept_recall = Threshold(
        0.7, "SageMaker Debugger ClassImbalance: error of a class above 0.7, here relative to the rest"
    )

    upside_down = Threshold(2, "times the rows, and times the weight: far beyond rounding")
    whole = Threshold(
        0.5, "share of the watched steps from which a short training is asked in the place of the watched"
    )

    def check(
        self,
        class_counts: Series | None = None,
        label_counts: Series | None = None,
        confusion: Series | None = None,
        program: Program | None = None,
        progress: Progress | None = None,
        test_class_recall: Series | None = None,
        label_statistics: Series | None = None,
    ) -> Outcome:
        """Find the rare classes, then ask whether the model neglects them."""
        if program is not None and _takes_numbers(program):
            return Clear("The loss is one for numbers or counts, and reads no classes.")
        train, labels = _rows(class_counts, label_counts)
        if train is None or train.size < 2 or train.sum() < 1:
            return CannotTell("The rows of each class were not counted.")
        if have_several_classes(train, label_statistics):
            return CannotTell("Each example has several classes (pixels, steps or tags), so that no class has rows.")
        rare = self._rare(train)
        ratio = float(train.max() / max(train.min(), 1.0))
        if program is not None and (wrong := self._upside_down(program, train, labels)):
            return wrong
        if not rare.any():
            return Clear(
                f"The most frequent class has {ratio:.1f} times the rows of the rarest, "
                f"below the threshold of {self.ratio.value:g}."
            )
        evidence = {"ratio": ratio, "rarest_rows": float(train.min()), "rarest_share": float(train.min() / train.sum())}
        shown = listed([f"{labels[place]} ({train[place]:.0f} rows)" for place in np.argsort(train) if rare[place]])
        matrix = None if confusion is None else counts(confusion.values)
        if matrix is None and program is not None:
            return self._watched(program, progress, test_class_recall, labels, rare, shown, evidence)
        if matrix is None or matrix.shape != (train.size, train.size) or rare.all():
            return self._tip(f"Rare: {shown}, a ratio of {ratio:.0f} (threshold {self.ratio.value:g}).", evidence)
        return self._judge(matrix, rare, labels, shown, evidence)

    def _upside_down(self, program: Program, train: np.ndarray, labels: tuple[str, ...]) -> Outcome | None:
        """Weights of classes that make the difference larger: the counts themselves, or theirs the wrong way round."""
        weights = np.array([program.fit.class_weight.get(label, math.nan) for label in labels])
        most, least = int(np.argmax(train)), int(np.argmin(train))
        if not train.min() > 0 or not np.isfinite(weights).all() or not weights.min() > 0:
            return None
        rows, ratio = float(train[most] / train[least]), float(weights[most] / weights[least])
        if min(rows, ratio) < self.upside_down.value:
            return None
        return self.found(
            f"class_weight makes class {labels[most]}, the most frequent ({train[most]:.0f} rows), {ratio:.3g} times "
            f"as heavy as class {labels[least]}, the rarest ({train[least]:.0f} rows; threshold "
            f"{self.upside_down.value:g} for both ratios): weights that balance are the other way round.",
            {"ratio": rows, "weight_ratio": ratio, "rarest_rows": float(train[least])},
            confidence=0.85,
            where=at_fit(program),
        )

    def _rare(self, train: np.ndarray) -> np.ndarray:
        small = train < self.even_share.value / train.size * train.sum()
        return np.asarray((small | (train.max() > self.ratio.value * train)) & (train > 0))

    def _watched(
        self,
        program: Program,
        progress: Progress | None,
        test: Series | None,
        labels: tuple[str, ...],
        rare: np.ndarray,
        shown: str,
        evidence: dict[str, float],
    ) -> Outcome:
        """Ask for the test, and compare what it found of all rare classes together with what it found of the others."""
        if program.fit.class_weight or program.fit.sample_weight:
            return Clear(f"Rare: {shown}, a ratio of {evidence['ratio']:.0f}, and weighted.")
        tip = self.found(f"Rare: {shown}.", evidence, severity=Severity.TIP, confidence=0.5, where=at_data(program))
        if test is None:
            return Suspected(tip, ("class_recall",)) if progress is not None and not progress.broke else tip
        found = Recalls.of(
            test, {label for label, is_rare in zip(labels, rare, strict=True) if is_rare}, self.whole.value
        )
        low, high = wilson(found.rare_hits, found.rare_rows)
        others_low, _ = wilson(found.hits, found.rows)
        limit = self.kept_recall.value * others_low
        says = (
            f"Rare: {shown}. Of the {found.rare_rows:.0f} held-out rows of rare classes a model like this finds "
            f"{found.rare_hits:.0f}, a recall in [{low:.2f}, {high:.2f}]; of the other classes at least "
            f"{others_low:.2f}, and {self.kept_recall.value:g} of that is {limit:.2f}."
        )
        evidence = {**evidence, "recall_low": low, "recall_high": high, "others_recall_low": others_low}
        if low >= limit:
            return Clear(f"{says} They are found as well.")
        learns = progress is not None and not progress.is_stuck
        if high < limit and (learns or wilson(found.weighted_hits, found.folded_rows)[0] > high):
            return self.found(says, evidence, confidence=0.85, where=at_data(program))
        return replace(tip, message=f"{says} That does not settle it.")

    def _judge(
        self, matrix: np.ndarray, rare: np.ndarray, labels: tuple[str, ...], shown: str, evidence: dict[str, float]
    ) -> Outcome:
        """Compare the recall of each rare class with that of all other rows together."""
        hits, rows = np.diagonal(matrix), matrix.sum(axis=1)
        others_low, _ = wilson(hits[~rare].sum(), rows[~rare].sum())
        limit = self.kept_recall.value * others_low
        intervals = {place: wilson(hits[place], rows[place], rare.sum()) for place in np.flatnonzero(rare)}
        worst = min(intervals, key=lambda place: intervals[place][1])
        low, high = intervals[worst]
        evidence |= {
            "recall_low": low,
            "recall_high": high,
            "others_recall_low": others_low,
            "rows": float(rows[worst]),
        }
        verdict = (
            f"Recall of {labels[worst]} is in [{low:.2f}, {high:.2f}]; "
            f"the other classes reach at least {others_low:.2f}, and {self.kept_recall.value:g} of that is {limit:.2f}."
        )
        if high < limit:
            return self.found(f"Rare: {shown}. {verdict}", evidence, confidence=0.9, figure="confusion")
        if min(low for low, _ in intervals.values()) < limit:
            return self._tip(f"Rare: {shown}. {verdict} Too few held-out rows to settle it.", evidence)
        return Clear(f"Rare, but found as well as the others: {shown}. {verdict}")

    def _tip(self, message: str, evidence: dict[str, float]) -> Outcome:
        return self.found(message, evidence, severity=Severity.TIP, confidence=0.5)

    def fault(self, recipe: Recipe) -> Recipe:
        """Leave one row in fifty of every class but the most frequent."""
        return transformed(recipe, "imbalance", ratio=50)


class Recalls(NamedTuple):
    """What a test found of the rare classes together, and of the others."""

    rare_rows: float
    rare_hits: float
    rows: float
    hits: float
    folded_rows: float
    weighted_hits: float

    @classmethod
    def of(cls, test: Series, rare: set[str], least: float) -> Recalls:
        """Add the validation examples to the held-out ones of trainings with at least this share of the steps."""
        classes = names(test, 0)
        wanted = ("share", "validation_rows", "validation_hits", "held_out_rows", "held_out_hits", "weighted_hits")
        share, rows, hits, held_out_rows, held_out_hits, weighted = (
            np.array([number(test, label, name) for label in classes], dtype=float) for name in wanted
        )
        whole = share >= least
        rows, hits = rows + np.where(whole, held_out_rows, 0.0), hits + np.where(whole, held_out_hits, 0.0)
        is_rare = np.array([label in rare for label in classes], dtype=bool)
        parts = (rows[is_rare], hits[is_rare], rows[~is_rare], hits[~is_rare])
        folded = (held_out_rows[is_rare], weighted[is_rare])
        return cls(*(float(part.sum()) for part in (*parts, *folded)))


def _takes_numbers(program: Program) -> bool:
    """Whether whole targets are amounts or counts, however few different ones there are."""
    kinds = {loss.kind for loss in program.compile.losses}
    return bool(kinds) and kinds <= REGRESSION | {"Poisson"}


def _rows(class_counts: Series | None, label_counts: Series | None) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """(training rows of each class, the classes' names): of the split, or of the labels that were seen."""
    if class_counts is not None:
        return row(class_counts, "train"), names(class_counts, 1)
    known = None if label_counts is None else counts(label_counts.values)
    if label_counts is None or known is None or known.ndim != 2 or len(known) != 1:
        return None, ()
    return known[0], names(label_counts, 1)
