"""Too few rows to conclude anything."""

from __future__ import annotations

import math

import numpy as np

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.recipe import Recipe
from vandap.core.signals import Series
from vandap.diagnose.faults import transformed
from vandap.diagnose.progress import Progress
from vandap.diagnose.reading import count, counts, names, row
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.skill import best, scale
from vandap.diagnose.watched import at_data


class TooLittleData(Rule):
    """There are too few rows to learn from or to measure with.

    ## What it finds
    A best validation score whose 95 % interval is so wide that nothing can be concluded, or no held-out rows at all:
    issues. A small training or test part, or few test rows of a class: a tip, because a large effect shows in few rows
    too. In a watched program: a few dozen training examples, on which the loss is lower than on validation data, or
    from which nothing is known of validation data; or a class of a handful, if the loss is far lower (unless
    validation has the rows of that class: then the split is to blame).

    ## Why it matters
    With 40 test rows an accuracy of 80 % may truly be 65 % or 90 %. Choices made on such numbers are choices made by
    chance, and a network with many parameters fits the few rows whatever they say.

    ## What to do
    Collect more rows, above all of the rare classes. Until then use folds (vandap does), simple models, strong
    regularisation or a pretrained network, and report the interval, not the number.

    ## References
    - deepchecks, check "Train Test Size": at least 100 test rows
    - Varoquaux, Cross-validation failure: Small sample sizes lead to large error bars (2018)
    """

    code = "A16"
    status = "stable"
    remedies = (
        "collect-more-data",
        "use-folds",
        "augment",
        "mix-rows",
        "use-simpler-model",
        "use-pretrained-network",
    )
    explains = (
        "split-shift",
        "overfitting",
        "underfitting",
        "class-failure",
        "miscalibrated",
        "wrong-epochs",
        "label-signal-absent",
    )
    half_width = Threshold(0.15, "an interval of 0.3: from 'poor' to 'good' on any scale in use")
    test_rows = Threshold(100, "deepchecks, Train Test Size: at least 100 rows")
    train_rows = Threshold(50, "scikit-learn, Choosing the right estimator: below 50 rows, get more data")
    class_rows = Threshold(10, "below ten rows a 95 % interval of a recall is wider than 0.5")
    far = Threshold(0.5, "the same where only one class is so small: as far as the rule of overfitting asks for")
    gap = Threshold(0.1, "of the loss of knowing nothing between so few examples and others: by heart, not by rule")

    def check(
        self,
        split_sizes: Series | None = None,
        class_counts: Series | None = None,
        ladder_scores: Series | None = None,
        program: Program | None = None,
        progress: Progress | None = None,
        val_loss: Series | None = None,
        label_counts: Series | None = None,
    ) -> Outcome:
        """Judge the interval of the best score first, then the counts of rows; of a program, what it was fitted on."""
        if split_sizes is None:
            return self._watched(program, progress, val_loss, label_counts, class_counts)
        train, validation, test = (count(split_sizes, part) for part in ("train", "validation", "test"))
        half_width = _half_width(ladder_scores)
        if half_width > self.half_width.value:
            return self.found(
                f"The best validation score is known only to within {half_width:.2f} either way "
                f"(threshold {self.half_width.value:g}): {train:.0f} training rows allow no conclusion.",
                {"half_width": half_width, "train_rows": train},
                confidence=0.9,
            )
        if not test >= 0:
            return CannotTell("The rows of the parts were not counted.")
        if test == 0:
            severe = validation == 0 and math.isnan(half_width)
            return self.found(
                "There is no test part, so that the final score cannot be trusted.",
                {"test_rows": test},
                severity=Severity.ISSUE if severe else Severity.TIP,
                confidence=0.9,
            )
        if train < self.train_rows.value:
            return self._tip(
                f"The training part has {train:.0f} rows (threshold {self.train_rows.value:g}): too few for most.",
                {"train_rows": train},
            )
        return self._counts(test, class_counts)

    def _watched(
        self,
        program: Program | None,
        progress: Progress | None,
        val_loss: Series | None,
        label_counts: Series | None,
        class_counts: Series | None,
    ) -> Outcome:
        examples = _fitted(program) if program is not None else 0
        if program is None or progress is None or not examples:
            return CannotTell("The rows of the parts were not counted.")
        rarest, few = _rarest(label_counts), examples < self.train_rows.value
        fitted = f"The model was fitted on {examples} examples (threshold {self.train_rows.value:g})"
        if not few and rarest < self.class_rows.value:
            fitted = f"The model saw {rarest:.0f} examples of the rarest class (threshold {self.class_rows.value:g})"
        elif not few:
            return Clear(f"{fitted}.")
        if not few and _is_held_out(class_counts, self.class_rows.value):
            return Clear(f"{fitted}, and the validation part has its rows.")
        held_out = progress.held_out(val_loss)
        room = progress.trivial - progress.floor
        unit = room if room > 0 else max(progress.start, float(held_out[0]) if held_out.size else math.nan)
        if not held_out.size or not unit > 0:
            return CannotTell(f"{fitted}, and no validation says what it learnt.")
        gap, enough = float(held_out.min() - progress.end) / unit, self.gap if few else self.far
        whole = f"what the best constant answer loses, {progress.trivial:.3g}," if room > 0 else "the first loss"
        says = (
            f"{fitted}; there its loss is {progress.end:.3g}, on validation data at best {held_out.min():.3g}, "
            f"{gap:.2f} of {whole} more (threshold {enough.value:g})."
        )
        if not (gap > enough.value or (few and held_out.min() >= progress.trivial)):
            return Clear(says)
        evidence = {"examples": examples, "rarest": rarest, "gap": gap}
        return self.found(says, evidence, confidence=0.85 if few else 0.7, where=at_data(program))

    def _counts(self, test: float, class_counts: Series | None) -> Outcome:
        per_class = row(class_counts, "test") if class_counts is not None else None
        if per_class is not None and class_counts is not None and per_class.min() < self.class_rows.value:
            rarest = int(per_class.argmin())
            return self._tip(
                f"Test rows of the class {names(class_counts, 1)[rarest]}: {per_class[rarest]:.0f} "
                f"(threshold {self.class_rows.value:g}). Its recall can hardly be measured.",
                {"test_rows": test, "class_rows": float(per_class[rarest])},
            )
        if test < self.test_rows.value:
            return self._tip(
                f"The test part has {test:.0f} rows (threshold {self.test_rows.value:g}): its intervals are wide.",
                {"test_rows": test},
            )
        return Clear(f"The test part has {test:.0f} rows (threshold {self.test_rows.value:g}).")

    def _tip(self, message: str, evidence: dict[str, float]) -> Outcome:
        return self.found(message, evidence, severity=Severity.TIP, confidence=0.7)

    def fault(self, recipe: Recipe) -> Recipe:
        """Keep two dozen rows."""
        return transformed(recipe, "keep-rows", count=24)


def _is_held_out(class_counts: Series | None, enough: float) -> bool:
    """Whether training lacks the rows of a class because validation has them, as after a split of sorted rows."""
    train, held_out = (None if class_counts is None else row(class_counts, part) for part in ("train", "validation"))
    if train is None or held_out is None or not train.size:
        return False
    place = int(np.where(train + held_out > 0, train, np.inf).argmin())
    return bool(train[place] < enough <= held_out[place])


def _rarest(label_counts: Series | None) -> float:
    """Examples of the rarest class that occurs, of a single output; infinite where that is not known."""
    known = None if label_counts is None else counts(label_counts.values)
    return float(known[known > 0].min()) if known is not None and len(known) == 1 and known.any() else math.inf


def _fitted(program: Program) -> int:
    """Training examples; of a generator, those of an epoch, counted in whole batches; 0 where not known."""
    fit = program.fit
    return fit.examples or (round(fit.steps / fit.epochs_run) * fit.batch_size if fit.epochs_run else 0)


def _half_width(ladder_scores: Series | None) -> float:
    """Half the width of the best rung's interval, as a share (of the dummy's error for errors); NaN if not known."""
    if ladder_scores is None:
        return math.nan
    score = best(ladder_scores)
    if not score.is_known:
        return math.nan
    return float(np.float64(scale(ladder_scores).gap((score.high - score.low) / 2)))
