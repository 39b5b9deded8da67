"""A column that gives the answer away."""

from __future__ import annotations

import math

import numpy as np

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.recipe import Recipe
from vandap.core.signals import Series
from vandap.diagnose.faults import transformed
from vandap.diagnose.reading import names, number, wilson
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.skill import best, scale
from vandap.diagnose.watched import at_data


class TargetLeakage(Rule):
    """One column alone predicts the target as well as all columns together.

    ## What it finds
    A column whose small tree reaches nearly perfect skill and nearly the skill of the best model, while every other
    column stays clearly behind. Almost perfect and far ahead: an issue. Less clear: a tip, because such a column may be
    an honest measurement. If several columns do as well, the task is easy, and nothing is reported.

    In a watched training the column is also compared with all others together. Where they reach as far, the task is
    easy; where they tell nothing at all, the target may be made from this column alone, as in a demonstration: a tip.
    A leak knows what the other columns know, and the rest.

    ## Why it matters
    A column written after the outcome was known (a refund date, a diagnosis code, the target under another name) is not
    there, or not yet right, when the model is used. The held-out score is then worthless.

    ## What to do
    Ask when and by whom the column is filled in. If that is after the prediction is needed, leave it out
    (`--ignore COLUMN`) and train again.

    ## References
    - Kaufman, Rosset, Perlich, Leakage in Data Mining: Formulation, Detection, and Avoidance (2012)
    - skore, check "golden feature" (SK011); deepchecks, "Feature Label Correlation" (predictive power score above 0.8)
    """

    code = "A12"
    status = "stable"
    remedies = ("drop-column", "take-column-as-of-prediction-time")
    nearly_perfect = Threshold(0.95, "deepchecks asks for a predictive power score of 0.8; honest columns reach that")
    surely_perfect = Threshold(0.99, "a measurement that predicts its target to 1 % of the dummy's error is rare")
    of_best = Threshold(0.98, "skore SK011: the column alone is as good as all columns")
    easy = Threshold(0.9, "a task on which a second column also gets this far is easy, not leaky")
    telling = Threshold(0.1, "three times the deviation of a skill on a thousand rows; demonstrations have less")

    def check(
        self,
        feature_scores: Series,
        ladder_scores: Series | None = None,
        table_skill: Series | None = None,
        split_sizes: Series | None = None,
        program: Program | None = None,
    ) -> Outcome:
        """Compare the best single column with the best model, with the second-best column and with all others."""
        scores = np.asarray(feature_scores.values, dtype=np.float64).ravel()
        if feature_scores.values.ndim != 1 or not np.isfinite(scores).any():
            return CannotTell("The skill of single columns was not measured.")
        order = np.argsort(-np.where(np.isfinite(scores), scores, -np.inf), kind="stable")
        column, top = names(feature_scores, 0)[order[0]], float(scores[order[0]])
        second = float(scores[order[1]]) if scores.size > 1 and np.isfinite(scores[order[1]]) else 0.0
        watched = table_skill is not None
        if watched and top < self.nearly_perfect.value:
            shown = f"No column alone reaches a skill of {self.nearly_perfect.value:g}"
            return Clear(f"{shown}: the best, {_named(column)}, reaches {top:.3f}.")
        full = number(table_skill, "all") if watched else _full(ladder_scores)
        others = max(second, number(table_skill, "others")) if watched else second
        if not math.isfinite(full) or not math.isfinite(others):
            return CannotTell("The skill of all columns together, or of the ladder with its dummy, was not measured.")
        evidence = {"skill": top, "best_skill": full, "second_skill": second}
        rivals = f"all others together {others:.3f}" if watched else f"the next column {second:.3f}"
        shown = f"{_named(column)} alone reaches a skill of {top:.3f}, all columns {full:.3f}, {rivals}"
        if top < self.nearly_perfect.value or top < self.of_best.value * full:
            return Clear(
                f"{shown}; suspicious are {self.nearly_perfect.value:g} or more and "
                f"{self.of_best.value:.0%} of the best or more."
            )
        rows = number(table_skill, "rows") if watched else _rows(split_sizes)
        if not self._stands_out(top, others, rows):
            return Clear(f"{shown}: several columns predict the target, so the task is easy.")
        sure = top >= self.surely_perfect.value and others < self.easy.value
        sure = sure and (not watched or others >= self.telling.value)
        return self.found(
            f"{shown} (0 is the dummy, 1 perfect; threshold {self.nearly_perfect.value:g}). "
            "Is this column known when the model is used?",
            {**evidence, "others_skill": others} if watched else evidence,
            severity=Severity.ISSUE if sure else Severity.TIP,
            confidence=0.9 if sure else 0.5,
            where=at_data(program),
        )

    def _stands_out(self, top: float, second: float, rows: float) -> bool:
        """Whether the best column beats the second by more than the held-out rows can produce by chance."""
        low, _ = wilson(min(top, 1.0) * rows, rows)
        _, high = wilson(min(max(second, 0.0), 1.0) * rows, rows)
        return low > high

    def fault(self, recipe: Recipe) -> Recipe:
        """Add the target as a column."""
        return transformed(recipe, "leak-target")


def _named(column: str) -> str:
    """A column with its name, or its number where it has none."""
    return f"column {column} (counted from 0)" if column.isdigit() else column


def _full(ladder_scores: Series | None) -> float:
    """Skill of the best model of a ladder; NaN where it was not measured."""
    return scale(ladder_scores).skill(best(ladder_scores).value) if ladder_scores is not None else math.nan


def _rows(split_sizes: Series | None) -> float:
    """Rows that scored the columns: the validation part, or with folds the training part; 100 where not known."""
    sizes = [number(split_sizes, part) for part in ("validation", "train")]
    return next((size for size in sizes if 0 < size < 1e15), 100.0)
