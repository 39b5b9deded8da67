"""Parts of the split that do not look alike."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from vandap.core.finding import Finding, Severity, Threshold
from vandap.core.program import Program
from vandap.core.recipe import Recipe
from vandap.core.signals import Series
from vandap.diagnose.curves import finite
from vandap.diagnose.faults import transformed
from vandap.diagnose.intake import intakes, ways_of
from vandap.diagnose.observed import have_several_classes, inputs
from vandap.diagnose.progress import Progress
from vandap.diagnose.reading import bounds, counts, listed, names, number, row, wilson
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.watched import at_data

_HELD_OUT = ("validation", "test")
_ENDS = ("minimum", "maximum", "validation_minimum", "validation_maximum")


class SplitShift(Rule):
    """The training part and a held-out part come from different populations.

    ## What it finds
    A class that is missing from the training part, or missing from a held-out part beyond chance; shares of the classes
    that differ beyond chance and by more than a little; inputs by which a classifier tells the parts apart. A split by
    time or by group may well differ: then it is a tip. Classes of pixels, steps or tags, of which one example has
    several, are not compared: they come in clumps.

    In a watched program the parts are those of `fit`, and what `evaluate` is given after it. There it also finds
    held-out targets of which many are beyond all that training saw, as in the tail of a growing series; held-out inputs
    most of whose columns lie elsewhere than those of training, as where one part was scaled and the other not, if it
    does far worse on them or they alone are scaled; and held-out classes that are answered as each other, as where the
    labels of each part were numbered by themselves. Classes that `evaluate` is not given are none of its business.

    ## Why it matters
    A score on another population is not the score that the model was trained for, and early stopping and model choice
    follow it. The usual cause is a split that took the tail of a sorted file, as `validation_split` of Keras does.

    ## What to do
    Shuffle and stratify the split. If the parts differ for a reason (another year, another hospital), keep the split:
    it measures what will happen. Then collect training data like it, or weight the training rows. What was fitted to
    training inputs, such as a scaler, transforms the others with the same numbers, and so does what numbers labels.

    ## References
    - deepchecks, checks "Multivariate Drift" (0.25 on the scale 2 AUC - 1), "New Label", "Label Drift"
    - Lopez-Paz and Oquab, Revisiting Classifier Two-Sample Tests (2017)
    """

    code = "A13"
    status = "stable"
    remedies = (
        "shuffle-and-stratify",
        "weight-training-rows",
        "collect-data-like-it",
        "prepare-alike",
        "number-labels-alike",
    )
    explains = (
        "suspicious-validation",
        "class-imbalance",
        "overfitting",
        "underfitting",
        "wrong-epochs",
        "class-failure",
        "miscalibrated",
    )
    drift_auc = Threshold(0.625, "deepchecks, Multivariate Drift: 0.25 on the scale 2 AUC - 1")
    chance = Threshold(0.001, "probability of so large a difference by chance, over all pairs of parts (Bonferroni)")
    beyond = Threshold(0.25, "share of the validation targets outside of training's range; by chance one or two are")
    shared = Threshold(0.1, "of the range that a column has in both; centred scales that differ by ten share as much")
    most = Threshold(0.8, "of the columns of validation have mean zero and deviation one, and few of training's")
    pixels = Threshold(100, "the largest training input, where those of validation are within one: pixels go up to 255")
    half = Threshold(0.5, "of the rows of each class of a circle are answered as the next class of it, surely (95 %)")
    worse = Threshold(0.25, "of the loss of the best constant answer, by which validation is behind training")
    share_change = Threshold(0.1, "deepchecks, Label Drift: 0.15; here total variation, the share of rows that moved")
    expected_rows = Threshold(10, "a class with ten expected rows is missing by chance once in 22,000 splits")

    def check(
        self,
        drift: Series | None = None,
        class_counts: Series | None = None,
        split_method: Series | None = None,
        program: Program | None = None,
        beyond_training: Series | None = None,
        progress: Progress | None = None,
        val_loss: Series | None = None,
        label_statistics: Series | None = None,
        held_out_inputs: Series | None = None,
        held_out_answers: Series | None = None,
        test_loss: Series | None = None,
    ) -> Outcome:
        """Look for missing classes, then for moved shares, then for drift of the inputs."""
        apart = number(split_method, "time") == 1 or number(split_method, "group") == 1
        class_counts = _of_examples(class_counts, label_statistics)
        classes = self._classes(class_counts, apart, split_method is None, program)
        worse = self._far_worse(progress, val_loss if finite(val_loss).size else test_loss)
        part = "test" if program is not None and program.fit.validation == "none" else "validation"
        findings = [*classes, *self._inputs(drift, apart), *self._targets(beyond_training, progress, worse, part)]
        scaled = [name for name in inputs(held_out_inputs) if not _is_looked_up(program, name)]
        findings += self._scales(held_out_inputs, scaled, progress, worse, part)
        findings += self._codes(held_out_answers, part)
        if findings:
            worst = min(findings, key=lambda finding: (finding.severity.value, -finding.confidence))
            return replace(worst, where=at_data(program)) if split_method is None else worst
        if not self._is_measured(drift, class_counts) and beyond_training is None and held_out_inputs is None:
            return CannotTell("Neither the classes nor the inputs of the parts could be compared.")
        return Clear("The parts have the same classes in like shares, and their inputs could not be told apart.")

    @staticmethod
    def _is_measured(drift: Series | None, class_counts: Series | None) -> bool:
        compared = [bounds(drift, f"train-{part}").is_known for part in _HELD_OUT]
        return any(compared) or (class_counts is not None and row(class_counts, "train") is not None)

    def _found(self, message: str, evidence: dict[str, float], confidence: float, apart: bool) -> Finding:
        reason = " Splits by time or by group and resampled training parts differ by right." if apart else ""
        return self.found(
            message + reason,
            evidence,
            severity=Severity.TIP if apart else Severity.ISSUE,
            confidence=min(confidence, 0.5) if apart else confidence,
        )

    def _inputs(self, drift: Series | None, apart: bool) -> Iterable[Finding]:
        for part in _HELD_OUT:
            auc = bounds(drift, f"train-{part}")
            if auc.is_known and auc.low > self.drift_auc.value:
                yield self._found(
                    f"A classifier tells the inputs of the training part from those of the {part} part with an AUC of "
                    f"{auc.value:.2f} [{auc.low:.2f}, {auc.high:.2f}]; alike is 0.5, "
                    f"the threshold {self.drift_auc.value:g}.",
                    {"auc": auc.value, "auc_low": auc.low},
                    0.9,
                    apart,
                )

    def _targets(
        self, known: Series | None, progress: Progress | None, held_out: float | None, part: str
    ) -> Iterable[Finding]:
        """Targets that training never saw, where the network does far worse on them."""
        if progress is None or held_out is None or known is None:
            return
        rows, outside = number(known, "rows"), number(known, "outside")
        low = wilson(outside * rows, rows)[0] if rows > 0 else 0.0
        if low > self.beyond.value:
            yield self.found(
                f"{outside:.0%} of the {rows:.0f} {part} targets are beyond those of training, which run from "
                f"{number(known, 'minimum'):.4g} to {number(known, 'maximum'):.4g} (surely more than {low:.0%}, "
                f"threshold {self.beyond.value:.0%}), and there {_instead(held_out, progress.end)}: rows that are "
                "sorted, or grow with time. Of what grows, predict the change.",
                {"outside": outside, "outside_low": low, "rows": rows, "loss": progress.end, "val_loss": held_out},
                confidence=0.95,
            )

    def _scales(
        self, known: Series | None, given: Iterable[str], progress: Progress | None, held_out: float | None, part: str
    ) -> Iterable[Finding]:
        """Inputs that lie elsewhere: where the network does far worse on them, or training alone was not scaled."""
        for name in given:
            shared, columns = number(known, name, "shared"), number(known, name, "columns")
            alone = self._scaled_alone(known, name)
            if not shared < self.shared.value or (held_out is None and not any(alone.values())):
                continue
            ends = [number(known, name, end) for end in _ENDS]
            costs = "" if held_out is None or progress is None else f", and there {_instead(held_out, progress.end)}"
            found = self.found(
                f"{part.title()} inputs lie elsewhere than those of training: {_ranges(columns, shared)} (threshold "
                f"{self.shared.value:.0%}). Those of training run from {ends[0]:.4g} to {ends[1]:.4g} in all, those of "
                f"{part} from {ends[2]:.4g} to {ends[3]:.4g}{costs}. Was one of them scaled, and the other not, or "
                "by other numbers?",
                {"shared": shared, "columns": columns, "rows": number(known, name, "rows"), **alone},
                confidence=0.95,
            )
            yield replace(found, remedies=("prepare-alike",))

    def _codes(self, answers: Series | None, part: str) -> Iterable[Finding]:
        """Classes that are surely answered as each other, in a circle: no network learns that from equal labels."""
        matrix = None if answers is None else counts(answers.values)
        if answers is None or matrix is None or matrix.shape[0] != matrix.shape[1]:
            return
        taken = {place: self._taken_for(matrix[place]) for place in range(len(matrix))}
        circle = _circle({place: other for place, other in taken.items() if other is not None})
        if not circle:
            return
        labels = names(answers, 0)
        shown = [
            f"of {matrix[place].sum():.0f} rows of class {labels[place]} {matrix[place, other]:.0f} are answered "
            f"{labels[other]}"
            for place, other in zip(circle, (*circle[1:], circle[0]), strict=True)
        ]
        found = self.found(
            f"The {part} labels seem to be numbered otherwise than those of training: {listed(shown)} (surely more "
            f"than half of each). Was each part numbered by itself?",
            {"classes": len(circle), "rows": sum(matrix[place].sum() for place in circle)},
            confidence=0.95,
        )
        yield replace(found, remedies=("number-labels-alike",))

    def _taken_for(self, row: np.ndarray) -> int | None:
        """The class that surely most rows of a class are answered as."""
        most = int(np.argmax(row))
        return most if wilson(row[most], row.sum(), len(row))[0] > self.half.value else None

    def _scaled_alone(self, known: Series | None, name: str) -> dict[str, bool]:
        """Whether validation inputs have mean zero and deviation one, or lie within one, and training's do not."""
        standard = number(known, name, "validation_standard")
        low, high, own_low, own_high = (number(known, name, end) for end in _ENDS)
        largest, own_largest = max(-low, high), max(-own_low, own_high)
        return {
            "deviation": standard > self.most.value and number(known, name, "standard") < 1 - self.most.value,
            "pixels": low >= 0 and own_low >= 0 and own_largest <= 1 and largest > self.pixels.value,
        }

    def _far_worse(self, progress: Progress | None, val_loss: Series | None) -> float | None:
        """The held-out loss in the end, where the training loss is far below it."""
        values = progress.held_out(val_loss) if progress is not None else np.zeros(0)
        if progress is None or not values.size:
            return None
        held_out = float(np.median(values[-3:]))
        return held_out if held_out - progress.end > self.worse.value * progress.trivial else None

    def _classes(
        self, class_counts: Series | None, apart: bool, is_watched: bool, program: Program | None
    ) -> Iterable[Finding]:
        train = None if class_counts is None else row(class_counts, "train")
        if class_counts is None or train is None or train.sum() < 1:
            return
        for part in _HELD_OUT:
            held_out = row(class_counts, part)
            if held_out is not None and held_out.sum() >= 1:
                yield from self._unknown(train, held_out, part, names(class_counts, 1), apart)
                if part == "test" and is_watched and program is not None:
                    continue  # what a program evaluates may be one class of its test
                yield from self._missing(train, held_out, part, names(class_counts, 1), apart)
                # in a program, shares may differ on purpose: the training part was resampled
                yield from self._moved(train, held_out, part, apart or is_watched)

    def _unknown(
        self, train: np.ndarray, held_out: np.ndarray, part: str, labels: tuple[str, ...], apart: bool
    ) -> Iterable[Finding]:
        for place in np.flatnonzero((train == 0) & (held_out > 0)):
            yield self._found(
                f"The class {labels[place]} has {held_out[place]:.0f} rows in the {part} part "
                "and none in the training part.",
                {"rows": float(held_out[place])},
                0.98,
                apart,
            )

    def _missing(
        self, train: np.ndarray, held_out: np.ndarray, part: str, labels: tuple[str, ...], apart: bool
    ) -> Iterable[Finding]:
        expected = train / train.sum() * held_out.sum()
        for place in np.flatnonzero((held_out == 0) & (expected >= self.expected_rows.value)):
            yield self._found(
                f"The class {labels[place]} is missing from the {part} part, where {expected[place]:.0f} rows "
                f"are expected (threshold {self.expected_rows.value:g}).",
                {"expected": float(expected[place])},
                0.95,
                apart,
            )

    def _moved(self, train: np.ndarray, held_out: np.ndarray, part: str, apart: bool) -> Iterable[Finding]:
        moved = float(np.abs(train / train.sum() - held_out / held_out.sum()).sum() / 2)
        probability = _homogeneity(train, held_out)
        if moved > self.share_change.value and probability < self.chance.value / len(_HELD_OUT):
            yield self._found(
                f"The shares of the classes differ between the training and the {part} part: {moved:.1%} of the rows "
                f"would have to change class (threshold {self.share_change.value:.0%}); by chance this happens with a "
                f"probability of {probability:.1g} (threshold {self.chance.value / len(_HELD_OUT):g}).",
                {"moved_share": moved, "probability": probability},
                0.95,
                apart,
            )

    def fault(self, recipe: Recipe) -> Recipe:
        """Shift the inputs of the validation part."""
        return transformed(recipe, "shift-validation", strength=2.0)


def _is_looked_up(program: Program | None, name: str) -> bool:
    """Whether an input is numbers of words or of people, which have no scale."""
    own = ways_of(intakes(program), name) if program is not None else ()
    return bool(own) and all(item.way == "tokens" for item in own)


def _circle(taken: Mapping[int, int]) -> tuple[int, ...]:
    """The first circle of two or more, each taken for the next and the last for the first; () where there is none."""
    for start in taken:
        path = [start]
        while (following := taken.get(path[-1])) is not None and following not in path:
            path.append(following)
        if following == start and len(path) > 1:
            return tuple(path)
    return ()


def _instead(held_out: float, end: float) -> str:
    """The loss of validation beside that of training, in words."""
    return f"the loss is {held_out:.3g} instead of {end:.3g}"


def _ranges(columns: float, shared: float) -> str:
    """What both share of the ranges of their columns, in words."""
    if columns <= 1:
        return f"the ranges share {shared:.0%}" if shared >= 0.005 else "the ranges share nothing"
    share = f"at most {shared:.0%}" if shared >= 0.005 else "nothing"
    return f"half of {columns:.0f} columns share {share} of their range"


def _of_examples(class_counts: Series | None, label_statistics: Series | None) -> Series | None:
    """The counts, where they are of examples: pixels, steps and tags of one example are not drawn independently."""
    train = None if class_counts is None else row(class_counts, "train")
    return None if train is None or have_several_classes(train, label_statistics) else class_counts


def _homogeneity(first: np.ndarray, second: np.ndarray) -> float:
    """Probability, if both parts had the same shares, of a chi-square statistic this large (Pearson, 1900)."""
    from scipy.special import chdtrc

    table = np.stack([first, second])[:, first + second > 0]
    if table.shape[1] < 2:
        return 1.0
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    return float(chdtrc(table.shape[1] - 1, statistic)) if math.isfinite(statistic) else 1.0
