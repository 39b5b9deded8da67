"""Repeated inputs, and repeated inputs with different answers."""

from __future__ import annotations

import math

from vandap.core.finding import Severity, Threshold, Where
from vandap.core.recipe import Recipe
from vandap.core.signals import Series
from vandap.diagnose.faults import transformed
from vandap.diagnose.reading import count, share
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule


class DuplicatesOrConflictingLabels(Rule):
    """The same input occurs more than once, or with different labels.

    ## What it finds
    Equal inputs with different classes: an issue, unless repeats are so common that the inputs simply cannot tell the
    rows apart (a table of few categories), or the target is a number. Many equal or nearly equal inputs: a tip. In the
    arrays of a watched training only inputs count that chance cannot have made alike, and repeats alone are no matter:
    rare classes may be repeated on purpose.

    ## Why it matters
    Two answers to one question cannot both be right: the model is punished whatever it says, and the best possible
    score drops. Repeats count some examples twice and shrink the real size of the data set.

    ## What to do
    Look at the conflicting groups and correct or drop the wrong labels. Drop repeats, or keep each group in one part of
    the split (vandap does).

    ## References
    - deepchecks, checks "Conflicting Labels" and "Data Duplicates"
    - Northcutt, Athalye, Mueller, Pervasive Label Errors in Test Sets Destabilize Machine Learning Benchmarks (2021)
    """

    code = "A10"
    status = "stable"
    remedies = ("correct-labels", "drop-duplicates")
    explains = ("overfitting", "underfitting", "class-failure", "miscalibrated")
    conflicting = Threshold(0.01, "deepchecks, Conflicting Labels: any; 1 % leaves room for natural ambiguity")
    repeated = Threshold(0.05, "deepchecks, Data Duplicates: more than 5 %")
    coarse = Threshold(0.2, "a fifth of the rows repeated: the inputs have too few values to be unique")

    def check(self, duplicates: Series, class_counts: Series | None = None) -> Outcome:
        """Compare the shares of conflicting, equal and nearly equal rows with their thresholds."""
        rows = count(duplicates, "rows")
        kinds = {kind: share(count(duplicates, kind), rows) for kind in ("conflicting", "exact", "near")}
        copied = share(count(duplicates, "copied"), rows)
        if not math.isnan(copied):
            return self._watched(copied, rows)
        if not rows > 0 or not any(value == value for value in kinds.values()):
            return CannotTell("Repeated inputs were not counted.")
        if kinds["conflicting"] > self.conflicting.value:
            return self._conflict(kinds, rows, is_class=class_counts is not None)
        repeats = max((value for kind, value in kinds.items() if kind != "conflicting" and value == value), default=0.0)
        if repeats > self.repeated.value:
            return self.found(
                f"{repeats:.1%} of the {rows:.0f} inputs repeat another one (threshold {self.repeated.value:.0%}).",
                {"share": repeats, "rows": rows},
                severity=Severity.TIP,
                confidence=0.7,
            )
        return Clear(
            f"{repeats:.1%} of the inputs repeat another one (threshold {self.repeated.value:.0%}), and at most "
            f"{self.conflicting.value:.0%} have conflicting labels."
        )

    def _watched(self, copied: float, rows: float) -> Outcome:
        if not copied > self.conflicting.value:
            return Clear(f"At most {self.conflicting.value:.0%} of the rows are copies of others with another class.")
        return self.found(
            f"{copied:.1%} of the {rows:.0f} training rows are copies of other rows, but have another class (threshold "
            f"{self.conflicting.value:.0%}).",
            {"conflicting_share": copied, "rows": rows},
            confidence=0.9,
            where=Where("data"),
        )

    def _conflict(self, kinds: dict[str, float], rows: float, *, is_class: bool) -> Outcome:
        coarse = kinds["exact"] > self.coarse.value
        severe = is_class and not coarse
        why = (
            ""
            if severe
            else (
                " Repeats are so common that the inputs cannot tell these rows apart; more columns would help."
                if coarse
                else " The target is a number, so equal inputs may well differ."
            )
        )
        return self.found(
            f"{kinds['conflicting']:.1%} of the {rows:.0f} rows have the same input as another row but a different "
            f"target (threshold {self.conflicting.value:.0%}).{why}",
            {"conflicting_share": kinds["conflicting"], "repeated_share": kinds["exact"], "rows": rows},
            severity=Severity.ISSUE if severe else Severity.TIP,
            confidence=0.9 if severe else 0.5,
        )

    def fault(self, recipe: Recipe) -> Recipe:
        """Repeat a tenth of the rows with another label."""
        return transformed(recipe, "conflict-labels", share=0.1)
