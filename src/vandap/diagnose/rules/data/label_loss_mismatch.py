"""Labels that the loss does not understand."""

from __future__ import annotations

import math

from vandap.core.finding import Severity, Threshold, Where
from vandap.core.recipe import Recipe
from vandap.core.signals import Series
from vandap.diagnose.faults import transformed
from vandap.diagnose.reading import number
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule


class LabelLossMismatch(Rule):
    """The labels are not the numbers 0 to K-1 that the loss expects for K outputs.

    ## What it finds
    Labels below 0 (such as -1 and 1), labels at or above the number of outputs (such as 1 to K), labels that are no
    whole numbers, and, as a tip, labels that start at 1 while the model has one output more than there are classes.

    ## Why it matters
    A sparse cross-entropy reads the label as the place of an output. A label without a place gives NaN, a silent zero
    or an arbitrary number, depending on the back end; the rows of that class teach the model nothing or something
    wrong.

    ## What to do
    Count the classes from 0, or encode the labels with one column a class and use the loss that matches.

    ## References
    - AutoTrainer: Zhang et al., AUTOTRAINER: An Automatic DNN Training Problem Detection and Repair System (2021)
    - Keras documentation, SparseCategoricalCrossentropy: labels are integers in [0, classes)
    """

    code = "A7"
    status = "stable"
    remedies = ("renumber-labels", "match-loss-to-labels")
    explains = ("non-finite-training", "diverging-loss", "underfitting", "class-failure", "miscalibrated")
    lowest = Threshold(0, "Keras, SparseCategoricalCrossentropy: the first class is 0")
    unused = Threshold(1, "labels that run from 1 to K-1 leave one of K outputs without a label")

    def check(self, label_values: Series) -> Outcome:
        """Compare the smallest and the largest label with the outputs of the model."""
        facts = [number(label_values, fact) for fact in ("lowest", "highest", "distinct", "classes")]
        lowest, highest, distinct, classes = facts
        if not all(map(math.isfinite, facts)) or classes < 1 or highest < lowest:
            return CannotTell("The range of the labels was not measured.")
        problem = self._problem(lowest, highest, distinct, classes)
        evidence = dict(zip(("lowest", "highest", "distinct", "classes"), facts, strict=True))
        if problem:
            return self.found(
                f"{problem} The labels run from {lowest:g} to {highest:g}; a loss with {classes:.0f} outputs expects "
                f"whole numbers from {self.lowest.value:g} to {classes - 1:.0f}.",
                evidence,
                confidence=0.98,
                where=Where("compile"),
            )
        if lowest == self.unused.value and highest == classes - 1 and distinct == highest:
            return self.found(
                f"The labels start at {lowest:g}, so the first of {classes:.0f} outputs never gets a label: "
                "were the classes counted from 1?",
                evidence,
                severity=Severity.TIP,
                confidence=0.5,
                where=Where("compile"),
            )
        return Clear(f"The labels run from {lowest:g} to {highest:g}, as {classes:.0f} outputs expect.")

    def _problem(self, lowest: float, highest: float, distinct: float, classes: float) -> str:
        if lowest != math.floor(lowest) or highest != math.floor(highest):
            return "The labels are no whole numbers."
        if (lowest, highest, distinct) == (-1, 1, 2):
            return "The two classes are labelled -1 and 1."
        if lowest < self.lowest.value:
            return "There are negative labels."
        if highest >= classes:
            return "The classes are counted from 1." if (lowest, highest) == (1, classes) else "A label has no output."
        return "There are more labels than outputs." if distinct > classes else ""

    def fault(self, recipe: Recipe) -> Recipe:
        """Count the classes from 1."""
        return transformed(recipe, "shift-labels", by=1)
