"""A rare class that the model neglects."""

from __future__ import annotations

import numpy as np

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.recipe import Recipe
from vandap.core.signals import Series
from vandap.diagnose.faults import transformed
from vandap.diagnose.reading import counts, listed, names, row, wilson
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule


class ClassImbalance(Rule):
    """A class is so rare that the model gives it up.

    ## What it finds
    A class far below its even share of the training rows whose recall is, beyond chance, well below that of the other
    classes: an issue. A rare class whose recall the held-out rows cannot settle, or that no model was asked about: a
    tip. A rare class that the model finds as well as the others is no fault.

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
    remedies = ("weight-classes", "move-threshold", "resample-classes", "focal-loss", "collect-rare-class")
    explains = ("class-failure",)
    even_share = Threshold(0.1, "cleanlab Datalab: rarest class below 0.1 / K of the rows")
    ratio = Threshold(10, "SageMaker Debugger ClassImbalance: most frequent over rarest above 10")
    kept_recall = Threshold(
        0.7, "SageMaker Debugger ClassImbalance: error of a class above 0.7, here relative to the rest"
    )

    def check(self, class_counts: Series, confusion: Series | None = None, program: Program | None = None) -> Outcome:
        """Find the rare classes, then ask whether the model neglects them."""
        train = row(class_counts, "train")
        if train is None or train.size < 2 or train.sum() < 1:
            return CannotTell("The rows of each class were not counted.")
        rare = self._rare(train)
        ratio = float(train.max() / max(train.min(), 1.0))
        if not rare.any():
            return Clear(
                f"The most frequent class has {ratio:.1f} times the rows of the rarest, "
                f"below the threshold of {self.ratio.value:g}."
            )
        labels = names(class_counts, 1)
        evidence = {"ratio": ratio, "rarest_rows": float(train.min()), "rarest_share": float(train.min() / train.sum())}
        shown = listed([f"{labels[place]} ({train[place]:.0f} rows)" for place in np.argsort(train) if rare[place]])
        matrix = None if confusion is None else counts(confusion.values)
        if matrix is None and program is not None and program.fit.class_weight:
            return Clear(f"Rare: {shown}, a ratio of {ratio:.0f}, and weighted (class_weight).")
        if matrix is None or matrix.shape != (train.size, train.size) or rare.all():
            return self._tip(f"Rare: {shown}, a ratio of {ratio:.0f} (threshold {self.ratio.value:g}).", evidence)
        return self._judge(matrix, rare, labels, shown, evidence)

    def _rare(self, train: np.ndarray) -> np.ndarray:
        small = train < self.even_share.value / train.size * train.sum()
        return np.asarray((small | (train.max() > self.ratio.value * train)) & (train > 0))

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
