"""Probabilities that do not mean what they say."""

from __future__ import annotations

import math
from dataclasses import replace

from vandap.core.finding import Severity, Threshold, Where
from vandap.core.recipe import Recipe
from vandap.core.signals import Series
from vandap.diagnose.reading import number
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule


class Miscalibrated(Rule):
    """Of the answers given with 90 % confidence, clearly more or fewer than 90 % are right.

    ## What it finds
    An expected calibration error above what a perfectly calibrated model would show on as many rows, by a clear
    distance. The plain error is never zero: with few rows it is large by chance alone, so it is compared with its 95 %
    quantile under perfect calibration.

    ## Why it matters
    A threshold, an expected cost or "ask a person when unsure" takes the probability at its word.

    ## What to do
    Fit one temperature on the validation part; it changes no answer. With many rows, isotonic regression. Until then
    use the ranking of the probabilities, not their values.

    ## References
    - Guo, Pleiss, Sun, Weinberger, On Calibration of Modern Neural Networks (2017)
    - Vaicenavicius et al., Evaluating model calibration in classification (2019): consistency resampling
    """

    code = "D13"
    status = "stable"
    remedies = ("scale-temperature", "calibrate-isotonic", "lower-label-smoothing")
    excess = Threshold(0.05, "five points of probability: the width of half a reliability bin of ten")
    slight_excess = Threshold(0.02, "two points of probability")

    def check(self, calibration: Series) -> Outcome:
        """Compare the calibration error with its quantile under perfect calibration."""
        error, chance = (number(calibration, fact) for fact in ("ece", "null95"))
        if not (math.isfinite(error) and math.isfinite(chance)) or not (0 <= error <= 1 and 0 <= chance <= 1):
            return CannotTell("The calibration error was not measured.")
        excess = error - chance
        shown = f"The calibration error is {error:.3f}; a calibrated model stays below {chance:.3f} on as many rows"
        if excess <= self.slight_excess.value:
            return Clear(f"{shown} (threshold {self.slight_excess.value:g} above that).")
        severe = excess > self.excess.value
        return self.found(
            f"{shown}: an excess of {excess:.3f} (a tip from {self.slight_excess.value:g}, "
            f"an issue from {self.excess.value:g} on).",
            {"ece": error, "null95": chance, "excess": excess, "rows": number(calibration, "count")},
            severity=Severity.ISSUE if severe else Severity.TIP,
            confidence=0.9 if severe else 0.7,
            where=Where("model"),
            figure="reliability",
        )

    def fault(self, recipe: Recipe) -> Recipe:
        """Leave naive Bayes alone with features that depend on each other: its probabilities are far too sure.

        Niculescu-Mizil and Caruana, Predicting Good Probabilities with Supervised Learning (2005).
        """
        return replace(recipe, learners=("dummy", "naive-bayes"))
