"""A class that the model does not find."""

from __future__ import annotations

import numpy as np

from vandap.core.finding import Severity, Threshold, Where
from vandap.core.recipe import Recipe
from vandap.core.signals import Series
from vandap.diagnose.faults import transformed
from vandap.diagnose.reading import counts, listed, names, wilson
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule


class ClassFailure(Rule):
    """A class is missed far more often than the others.

    ## What it finds
    A class with enough held-out rows whose recall is, beyond chance, below one half and far below that of the other
    classes: an issue below half of their median recall, a tip below three quarters of it. A model that is equally poor
    on all classes has no failing class; that is underfitting.

    ## Why it matters
    An average hides a class that fails. For the people in that class the model does not work.

    ## What to do
    Look at what the class is taken for (confusion matrix) and at its worst errors. Check its labels; collect more of
    it; weight it; or merge it with the class that it cannot be told from.

    ## References
    - Amazon SageMaker Debugger, rule Confusion
    - deepchecks, check "Weak Segments Performance"
    - Wilson (1927), interval of a proportion; Bonferroni's correction over the classes
    """

    code = "D10"
    status = "stable"
    remedies = (
        "check-class-labels",
        "weight-classes",
        "resample-classes",
        "balance-ensemble",
        "move-threshold",
        "collect-rare-class",
        "merge-classes",
    )
    explains = ("miscalibrated",)
    recall = Threshold(0.5, "below one half the model misses the class more often than it finds it")
    of_others = Threshold(0.5, "half the median recall of the other classes")
    of_others_tip = Threshold(0.75, "three quarters of the median recall of the other classes")
    rows = Threshold(10, "below ten rows a 95 % interval of a recall is wider than 0.5")

    def check(self, confusion: Series) -> Outcome:
        """Compare the upper end of each class's recall with the median of the others."""
        matrix = counts(confusion.values)
        if matrix is None or matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or len(matrix) < 2:
            return CannotTell("There is no confusion matrix.")
        rows, hits = matrix.sum(axis=1), np.diagonal(matrix)
        judged = np.flatnonzero(rows >= self.rows.value)
        if judged.size < 1 or (rows > 0).sum() < 2:
            return CannotTell(f"Fewer than two classes have held-out rows, or none has {self.rows.value:g}.")
        recalls = np.divide(hits, rows, out=np.full(len(rows), np.nan), where=rows > 0)
        highs = {int(place): wilson(hits[place], rows[place], judged.size)[1] for place in judged}
        others = {place: float(np.nanmedian(np.delete(recalls, place))) for place in highs}
        ratios = {place: high / max(others[place], 1e-12) for place, high in highs.items() if high < self.recall.value}
        failing = sorted(
            (place for place in ratios if ratios[place] < self.of_others_tip.value), key=ratios.__getitem__
        )
        if not failing:
            return Clear(
                f"No class with {self.rows.value:g} rows has a recall surely below {self.recall.value:g} "
                "and far below the rest."
            )
        worst = failing[0]
        return self._found(
            worst, [names(confusion, 0)[place] for place in failing], recalls, rows, highs[worst], others[worst]
        )

    def _found(
        self, worst: int, labels: list[str], recalls: np.ndarray, rows: np.ndarray, high: float, others: float
    ) -> Outcome:
        severe = high < self.of_others.value * others
        limit = (self.of_others if severe else self.of_others_tip).value * others
        more = f" Failing: {listed(labels, 5)}." if len(labels) > 1 else ""
        return self.found(
            f"The recall of {labels[0]} is {recalls[worst]:.2f}, surely below {high:.2f} ({rows[worst]:.0f} rows); "
            f"the median of the other classes is {others:.2f} (threshold {limit:.2f}).{more}",
            {
                "recall": recalls[worst],
                "recall_high": high,
                "others_recall": others,
                "rows": rows[worst],
                "classes": len(labels),
            },
            severity=Severity.ISSUE if severe else Severity.TIP,
            confidence=0.95 if severe else 0.6,
            where=Where("model"),
            figure="confusion",
        )

    def fault(self, recipe: Recipe) -> Recipe:
        """Give most training rows of one class the label of another."""
        return transformed(recipe, "relabel-class", share=0.8)
