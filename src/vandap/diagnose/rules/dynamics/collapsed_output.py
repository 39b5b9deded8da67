"""A model that answers the same to everything."""

from __future__ import annotations

import math

import numpy as np

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.progress import ENOUGH_STEPS, Progress
from vandap.diagnose.reading import counts, number
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.symptoms import NOT_USEFUL
from vandap.diagnose.watched import at_layer, items


class CollapsedOutput(Rule):
    """After training the model gives the same answer to every example.

    ## What it finds
    Outputs on training examples that differ between examples by less than a thousandth of the targets' own spread (of
    their own size, for classes); or a classifier that names one class for 99 % of the examples although no class is
    that frequent. Where one class is frequent, naming it always may be the best answer: then only outputs that do not
    differ at all count. After a few steps nothing is said: an untrained network names one class for nearly everything.

    ## Why it matters
    Such a model is a constant. Its loss and accuracy may look plausible because they are those of the best constant.

    ## What to do
    It is a symptom: look for labels that do not belong to the inputs, inputs of a wrong scale, dead or saturated
    layers, a wrong output activation or loss, a learning rate that is too high or too low, weights of classes.

    ## References
    - TheDeepChecker: Ben Braiek and Khomh (2022): coefficient of variation of the outputs below 1e-3
    """

    code = "C17"
    status = "stable"
    remedies = ("check-labels", "standardise-inputs", "lower-learning-rate", "match-output-to-loss", "weight-classes")
    explains = NOT_USEFUL
    spread = Threshold(1e-3, "TheDeepChecker: coefficient of variation of the outputs")
    one_class = Threshold(0.99, "one class for 99 % of the examples")
    frequent = Threshold(0.7, "share of the most frequent class from which naming it always may be the best answer")
    examples = Threshold(30, "examples below which one answer may be right for all")
    few_steps = Threshold(30, "steps in which a network that can learn leaves the constant answer")

    def check(
        self,
        predictions: Series,
        program: Program | None = None,
        label_statistics: Series | None = None,
        label_counts: Series | None = None,
        progress: Progress | None = None,
    ) -> Outcome:
        """Ask of each output how much it differs between examples."""
        outputs = items(predictions) if predictions.values.ndim == 2 else ()
        known = [name for name in outputs if number(predictions, name, "examples") >= self.examples.value]
        if not known:
            return CannotTell(f"Fewer than {self.examples.value:g} examples were answered.")
        if progress is not None and progress.steps < self.few_steps.value:
            return CannotTell(
                f"Only {progress.steps:.0f} steps were made; an untrained network may answer alike to all."
            )
        for place, name in enumerate(known):
            majority = _majority(label_counts, place) if len(known) == len(outputs) else math.nan
            targets = number(label_statistics, name, "deviation") if math.isnan(majority) else math.nan
            message, facts = self._judge(predictions, name, majority, targets)
            if message:
                return self._found(message, facts, name, program, progress)
        return Clear(f"The outputs differ between examples: {self._phrase(predictions, known[0])}.")

    def _judge(self, predictions: Series, name: str, majority: float, targets: float) -> tuple[str, dict[str, float]]:
        across, top = number(predictions, name, "across"), number(predictions, name, "top_share")
        size = max(abs(number(predictions, name, "mean")), number(predictions, name, "deviation"))
        unit = targets if math.isfinite(targets) else size
        facts = {"across": across, "top_share": top, "majority": majority, "unit": unit}
        if unit > 0 and across < self.spread.value * unit:
            return (
                f"The output of {name} differs between examples by {across:.2g}, less than {self.spread.value:g} of "
                f"{'the spread of its targets' if math.isfinite(targets) else 'its size'}, {unit:.3g}.",
                facts,
            )
        if top >= self.one_class.value and majority < self.frequent.value:
            return (
                f"{top:.1%} of the answers of {name} are the same class (threshold {self.one_class.value:.0%}); the "
                f"most frequent class has {majority:.0%} of the examples.",
                facts,
            )
        return "", facts

    def _found(
        self,
        message: str,
        facts: dict[str, float],
        name: str,
        program: Program | None,
        progress: Progress | None,
    ) -> Outcome:
        short = progress is not None and progress.steps < ENOUGH_STEPS
        return self.found(
            message + (f" Only {progress.steps:.0f} steps were made." if short and progress else ""),
            facts,
            severity=Severity.TIP if short else Severity.ISSUE,
            confidence=0.5 if short else 0.9,
            where=at_layer(program, name),
        )

    @staticmethod
    def _phrase(predictions: Series, name: str) -> str:
        return f"{name} by {number(predictions, name, 'across'):.2g}"


def _majority(label_counts: Series | None, place: int) -> float:
    """Share of the most frequent class of an output; NaN where its targets are no classes."""
    if label_counts is None or label_counts.values.ndim != 2 or place >= label_counts.values.shape[0]:
        return math.nan
    row = np.asarray(label_counts.values[place], dtype=np.float64)
    known = counts(row[np.isfinite(row)])
    return float(known.max() / known.sum()) if known is not None and known.sum() > 0 else math.nan
