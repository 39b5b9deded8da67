"""Labels that the loss does not understand."""

from __future__ import annotations

import math

from vandap.core.finding import Severity, Threshold, Where
from vandap.core.program import Loss, Program
from vandap.core.recipe import Recipe
from vandap.core.signals import Series
from vandap.diagnose.faults import transformed
from vandap.diagnose.network import Graph
from vandap.diagnose.observed import BINARY, CATEGORICAL, SPARSE, Target, target
from vandap.diagnose.reading import number
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.symptoms import SHOWN, TESTED
from vandap.diagnose.watched import at_compile


class LabelLossMismatch(Rule):
    """The labels are not in the form that the loss expects.

    ## What it finds
    Class numbers below 0 (such as -1 and 1), at or above the number of outputs (such as 1 to K), or that are no whole
    numbers; one-hot labels with a sparse cross-entropy, and class numbers with a categorical one; labels outside of
    [0, 1] with a binary cross-entropy. As a tip, labels that start at 1 while the model has one output more than there
    are classes.

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
    remedies = ("renumber-labels", "match-loss-to-labels", "match-output-units")
    explains = (*SHOWN, *TESTED)
    lowest = Threshold(0, "Keras, SparseCategoricalCrossentropy: the first class is 0")
    unused = Threshold(1, "labels that run from 1 to K-1 leave one of K outputs without a label")

    def check(
        self,
        label_values: Series | None = None,
        program: Program | None = None,
        label_statistics: Series | None = None,
    ) -> Outcome:
        """Compare the labels with the outputs of the model: of a built recipe, or as a watched loss received them."""
        if label_values is not None:
            return self._built(label_values)
        if program is None or not program.compile.losses:
            return CannotTell("The loss is not known.")
        judged = [loss for loss in program.compile.losses if loss.kind in SPARSE | CATEGORICAL | BINARY]
        if not judged:
            return Clear("No loss reads its targets as classes.")
        observed = {loss.output: target(label_statistics, loss.output) for loss in judged}
        units = {head.loss.output: head.units for head in Graph(program).heads}
        for loss in judged:
            if says := self._watched(loss, observed[loss.output], units.get(loss.output, math.nan)):
                known = observed[loss.output]
                return self.found(
                    f"{says} Loss: {loss.kind}; the labels run from {known.minimum:g} to {known.maximum:g}.",
                    {"lowest": known.minimum, "highest": known.maximum, "width": known.width},
                    confidence=0.97,
                    where=at_compile(program),
                )
        if not all(known.is_known for known in observed.values()):
            return CannotTell("The labels were not observed.")
        return Clear(f"The labels are in the form that {', '.join(loss.kind for loss in judged)} expects.")

    def _watched(self, loss: Loss, known: Target, units: float) -> str:
        if not known.is_known:
            return ""
        if loss.kind in SPARSE:
            return self._sparse(loss, known, units)
        if loss.kind in CATEGORICAL:
            numbers = known.is_whole and known.width == 1 and units > 1
            return f"The labels are class numbers, and the loss expects {units:.0f} columns." if numbers else ""
        if known.minimum >= 0 and known.maximum <= 1:
            return ""
        if known.is_whole and known.distinct > 2 and known.width == 1:
            return f"There are {known.distinct:.0f} classes, and one output can tell two apart."
        if known.is_whole and (known.minimum, known.maximum) == (-1, 1):
            return "The two classes are labelled -1 and 1, and the loss expects 0 and 1."
        if known.is_whole:
            return "The classes are not labelled 0 and 1."
        return "The loss expects probabilities of yes, from 0 to 1."

    def _sparse(self, loss: Loss, known: Target, units: float) -> str:
        if known.is_one_hot and known.width == units:
            return "The labels are one-hot, and the loss expects class numbers."
        ignored = loss.settings.get("ignore_class")
        low, high = known.minimum, known.maximum
        if ignored is not None and ignored in (low, high):
            return ""
        if known.width == 1 or not known.one_hot > 0:
            outputs = units if math.isfinite(units) else high + 1
            return self._problem(low, high, known.distinct, outputs) if outputs > 1 else ""
        return ""

    def _built(self, label_values: Series) -> Outcome:
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
