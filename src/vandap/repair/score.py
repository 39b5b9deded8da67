"""What held-out predictions of any program are worth: one task, one metric and one form for all trials."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vandap.core.task import Task
from vandap.errors import DataError
from vandap.repair.distances import DISTANCES, far_targets
from vandap.repair.pairs import MOST_CLASSES, MOST_NUMBERED
from vandap.repair.trial.division import Division
from vandap.repair.trial.request import PREDICTIONS, Result

_CLASS_LOSSES = ("Crossentropy", "Hinge", "Focal", "Dice", "Tversky")
_CLASS_METRICS = ("accuracy", "auc", "precision", "recall", "f1")
EVERY = slice(None)
_WHY_LABELS = (
    "Each example may have several labels, so how far off their probabilities are decides: the root of the Brier score."
)
_WHY_ABSOLUTE = (
    "{far} of {rows} targets are so far from all others that squared errors would be about them alone, so the mean "
    "absolute error decides."
)


@dataclass(frozen=True)
class Formed:
    """Rows in the task's form.

    Args:
        target: Class codes or numbers, shape `(n,)`; zeros where each example has several numbers.
        prediction: Probabilities, shape `(n, classes)`; numbers, shape `(n,)`; or how far an example's several numbers
            are from its target.
        dummy: What the dummy baseline predicts, in the same form.
    """

    target: np.ndarray
    prediction: np.ndarray
    dummy: np.ndarray


@dataclass(frozen=True)
class Scale:
    """How trials of one program are scored.

    Several numbers for each example, as an autoencoder predicts them, are scored by how far each example is off: the
    error of all numbers together is that of these distances from 0, so that rows stay the units that are drawn.

    Args:
        task: What is predicted.
        metric: Slug of the metric that decides.
        why: Why this metric.
        target: Class codes or numbers of the held-out rows, shape `(n,)`; zeros where each has several numbers.
        classes: How many classes there are; 0 for numbers.
        division: Which held-out rows screen and which decide.
        dummy: What the dummy baseline predicts for one row: class shares of shape `(classes,)`, or the mean, of shape
            `()` or `(numbers,)`.
        signed: Whether classes are written as -1 and 1.
        labels: Whether the several numbers are labels that an example has or not; outputs are their probabilities.
        asked_margin: Differences of the metric that do not matter to the user; None for those of the protocol.
        several: The several numbers of each held-out row, shape `(n, numbers)`; None where each has one, or a class.
    """

    task: Task
    metric: str
    why: str
    target: np.ndarray
    classes: int
    division: Division
    dummy: np.ndarray
    signed: bool = False
    asked_margin: float | None = None
    several: np.ndarray | None = None
    labels: bool = False

    @classmethod
    def of(
        cls,
        folder: Path,
        result: Result,
        division: Division,
        metric: str | None = None,
        margin: float | None = None,
    ) -> Scale:
        """Decide task and metric from the first trial of the program as it is.

        Args:
            folder: The trial's folder.
            result: How it ended.
            division: Which rows are held out.
            metric: The metric that the user wants; None lets task and class balance decide.
            margin: The margin that the user wants; None takes the protocol's.

        Raises:
            DataError: The targets are of no kind that can be scored.
        """
        from vandap.evaluate.headline import choose_headline

        stored = _stored(folder)
        target, codes = stored["target"], _codes(stored["target"], stored["prediction"], result)
        if codes is None:
            slug, why = choose_headline(Task.REGRESSION, np.zeros(0), metric)
            numbers = _rows(target)
            if numbers.shape[1] == 1:
                far = far_targets(numbers[:, 0])
                if metric is None and far:
                    slug, why = "mae", _WHY_ABSOLUTE.format(far=far, rows=len(numbers))
                dummy = np.array(numbers.mean())
                return cls(Task.REGRESSION, slug, why, numbers[:, 0], 0, division, dummy, False, margin)._defined()
            if slug not in DISTANCES:
                raise _no_metric(f"{slug} of {numbers.shape[1]} numbers for each example")
            zeros, means, labels = np.zeros(len(numbers)), numbers.mean(axis=0), _is_about_classes(result)
            is_probable = numbers.min() >= 0 and numbers.max() <= 1
            if labels and not (is_probable and numbers.shape == _rows(stored["prediction"]).shape):
                raise _no_metric("several classes for each example, such as one for each of its words")
            why = _WHY_LABELS if labels and metric is None else why
            several = cls(Task.REGRESSION, slug, why, zeros, 0, division, means, False, margin, numbers, labels)
            return several._defined()
        classes = max(int(codes.max()) + 1, 2, stored["prediction"].reshape(len(codes), -1).shape[1])
        counts = np.bincount(codes, minlength=classes)
        task = Task.BINARY if classes == 2 else Task.MULTICLASS
        slug, why = choose_headline(task, counts, metric)
        signed = target.ndim == 1 and bool((target == -1).any())
        return cls(task, slug, why, codes, classes, division, counts / counts.sum(), signed, margin)._defined()

    def _defined(self) -> Scale:
        """The same; refused where the metric says nothing about the held-out rows."""
        from vandap.evaluate.catalogue import metric
        from vandap.evaluate.check import checked

        for part in ("select", "confirm"):
            rows = self.rows(part)
            reason = metric(self.metric).undefined(*checked(metric(self.metric), self.target[rows], self.dummies(part)))
            if len(rows) and reason:
                raise DataError(
                    "This metric cannot be computed on the held-out rows.",
                    received=f"{self.metric} on {len(rows)} rows: {reason}",
                    expected="rows on which it is defined, such as some of every class",
                    hint="Leave --metric out, or let the program hold out rows of every class.",
                )
        return self

    def rows(self, part: str) -> np.ndarray:
        """Positions of the held-out rows of a part: `select` or `confirm`."""
        return self.division.select if part == "select" else self.division.confirm

    def prediction(self, folder: Path, result: Result | None) -> np.ndarray | None:
        """Predictions of a trial in the task's form; None where it has none that can be used."""
        if result is None or result.status != "done":
            return None
        stored = _stored(folder)
        raw = stored["prediction"].astype(np.float64)
        if len(raw) != len(self.target) or not self._is_same(stored["target"], raw, result):
            return None
        return self._prediction(raw, stored["target"], result)

    def _prediction(self, raw: np.ndarray, target: np.ndarray, result: Result) -> np.ndarray | None:
        """Outputs in the task's form; None where they are of another."""
        outputs = _rows(raw)
        if self.task is not Task.REGRESSION:
            return _probabilities(outputs, self.classes, result, self.signed)
        if self.several is not None:
            numbers = _rows(target)
            outputs = _of_labels(outputs, result) if self.labels else outputs
            return DISTANCES[self.metric](outputs - numbers) if outputs.shape == numbers.shape else None
        return outputs[:, 0] if outputs.shape[1] == 1 else None

    def dummies(self, part: str) -> np.ndarray:
        """What the dummy predicts for the rows of a part."""
        rows = self.rows(part)
        return self._dummies(self.target[rows] if self.several is None else self.several[rows])

    def _dummies(self, target: np.ndarray) -> np.ndarray:
        """What the dummy predicts for rows with these targets."""
        if self.task is not Task.REGRESSION:
            return np.tile(self.dummy, (len(target), 1))
        if self.several is not None:
            return DISTANCES[self.metric](self.dummy - _rows(target))
        return np.full(len(target), float(self.dummy))

    def score(self, prediction: np.ndarray | None, part: str) -> float:
        """The metric on a part, oriented so that higher is better; the dummy's where there are no predictions."""
        from vandap.evaluate.catalogue import metric
        from vandap.evaluate.experiment.scores import scores

        rows = self.rows(part)
        given: Sequence[np.ndarray | None] = [None if prediction is None else prediction[rows]]
        return float(scores(metric(self.metric), self.target[rows], given, self.dummies(part), cut=False).values[0])

    def counted(self, scores: np.ndarray) -> np.ndarray:
        """The metric itself of runs as the proof counts them: NaN as the dummy, an error without an end cut."""
        from vandap.evaluate.catalogue import metric
        from vandap.evaluate.experiment.scores import tamed

        dummy = np.array(self.own(self.score(None, "confirm")))
        return tamed(metric(self.metric), np.where(np.isfinite(scores), scores, dummy), dummy)

    def own(self, score: float) -> float:
        """An oriented score as the metric itself gives it."""
        from vandap.evaluate.catalogue import metric

        return score if metric(self.metric).higher_is_better else -score

    @property
    def ceiling(self) -> float:
        """The best oriented score that there is."""
        from vandap.evaluate.catalogue import metric

        return 1.0 if metric(self.metric).higher_is_better else 0.0

    @property
    def margin(self) -> float:
        """Differences of the metric that do not matter in practice."""
        return self.margin_of(self.target[self.rows("confirm")], self.dummies("confirm"))

    def margin_of(self, target: np.ndarray, dummy: np.ndarray) -> float:
        """The margin on any rows: the one that was asked for, or the protocol's."""
        from vandap.evaluate.catalogue import metric
        from vandap.evaluate.compare import SKILL_MARGIN, default_margin

        if self.asked_margin is not None:
            return self.asked_margin
        chosen = metric(self.metric)
        if self.several is not None:  # the mean of their targets, which are 0, says nothing
            return SKILL_MARGIN.value * float(chosen.value(target, dummy))
        return default_margin(chosen, target, dummy)

    @property
    def noise(self) -> float:
        """About how far a score on the screening rows is from the true one: one standard error at the most."""
        from vandap.evaluate.catalogue import metric

        rows = max(len(self.rows("select")), 1)
        return 0.5 / math.sqrt(rows) if metric(self.metric).bounded else 2.0 * self.margin

    def formed(self, file: Path, result: Result) -> Formed | None:
        """Any rows in the task's form, such as a fold's or the test part's.

        Args:
            file: Where a trial stored them.
            result: How the trial ended.

        Returns:
            They, or None where the trial has none that can be used.
        """
        if result.status != "done" or not file.is_file():
            return None
        stored = _loaded(file)
        raw = stored["prediction"].astype(np.float64)
        target = self._targets(stored["target"], raw, result)
        prediction = None if target is None else self._prediction(raw, stored["target"], result)
        if target is None or prediction is None:
            return None
        return Formed(target, prediction, self._dummies(target if self.several is None else stored["target"]))

    def fold_score(self, folder: Path, result: Result, rows: np.ndarray | slice = EVERY) -> float:
        """The metric itself on some rows of the fold that a trial held out; NaN where it has no predictions."""
        found = self.formed(folder / PREDICTIONS, result)
        return math.nan if found is None else self._value(found.target[rows], found.prediction[rows])

    def fold_dummy(self, folder: Path, result: Result, rows: np.ndarray | slice = EVERY) -> float:
        """The metric of the dummy on some rows of the fold that a trial held out; NaN where that is not known."""
        found = self.formed(folder / PREDICTIONS, result)
        return math.nan if found is None else self._value(found.target[rows], found.dummy[rows])

    def _value(self, target: np.ndarray, prediction: np.ndarray) -> float:
        from vandap.evaluate.estimate import score

        return float(score(self.metric, target, prediction))

    def _targets(self, target: np.ndarray, raw: np.ndarray, result: Result) -> np.ndarray | None:
        """Targets of any rows in the task's form."""
        if self.several is not None:
            return np.zeros(len(target))
        if self.task is Task.REGRESSION:
            return np.asarray(target, dtype=np.float64).reshape(-1)
        return _codes(target, raw, result, known=True)

    def _is_same(self, target: np.ndarray, raw: np.ndarray, result: Result) -> bool:
        """Whether a trial had the same targets, in whichever form."""
        if self.several is not None:
            return np.array_equal(_rows(target), self.several)
        found = self._targets(target, raw, result)
        return found is not None and np.array_equal(found, self.target)


def _rows(values: np.ndarray) -> np.ndarray:
    """All numbers of an example in one row."""
    return np.asarray(values, dtype=np.float64).reshape(len(values), -1)


def _stored(folder: Path) -> dict[str, np.ndarray]:
    return _loaded(folder / PREDICTIONS)


def _loaded(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _codes(target: np.ndarray, prediction: np.ndarray, result: Result, known: bool = False) -> np.ndarray | None:
    """Class codes of the targets; None where they are numbers to be predicted, or several labels of each example."""
    width = prediction.reshape(len(prediction), -1).shape[1]
    if target.ndim > 1 and target.reshape(len(target), -1).shape[1] > 1:
        rows = target.reshape(len(target), -1)
        if target.ndim == 2 and np.isin(rows, (0, 1)).all() and (rows.sum(axis=1) == 1).all():
            return rows.argmax(axis=1)
        return None
    flat = target.reshape(-1)
    if flat.dtype.kind not in "iubf" or not np.array_equal(flat, np.round(flat)):
        return None
    values = np.unique(flat)
    if len(values) > MOST_CLASSES or values[0] < -1 or not (known or width > 1 or _is_about_classes(result)):
        return None
    if width == 1 and not known and len(values) > MOST_NUMBERED and not _is_categorical(result):
        return None
    if values[0] == -1:
        return (flat > 0).astype(np.int64) if set(values.tolist()) <= {-1, 1} else None
    return flat.astype(np.int64)


def _is_categorical(result: Result) -> bool:
    """Whether the loss is one of several classes, whatever the width of the output."""
    return any("Categorical" in loss for loss in result.losses)


def _is_about_classes(result: Result) -> bool:
    named = any(word in loss for loss in result.losses for word in _CLASS_LOSSES)
    return named or any(word in name.lower() for name in result.metrics for word in _CLASS_METRICS)


def _probabilities(raw: np.ndarray, classes: int, result: Result, signed: bool) -> np.ndarray:
    """Outputs as probabilities of the classes, with the class that the program would answer kept the likeliest."""
    if raw.shape[1] == 1:
        return _of_one_output(raw[:, 0], classes, result, signed)
    if _are_logits(result) or raw.min() < 0:
        raw = np.exp(raw - raw.max(axis=1, keepdims=True))
    raw = np.pad(raw, ((0, 0), (0, max(classes - raw.shape[1], 0))))
    sums = raw.sum(axis=1, keepdims=True)
    return np.where(sums > 0, raw / np.where(sums > 0, sums, 1.0), 1.0 / raw.shape[1])


def _of_labels(outputs: np.ndarray, result: Result) -> np.ndarray:
    """Outputs as the probability of each label by itself."""
    if _are_logits(result):
        outputs = 1.0 / (1.0 + np.exp(-np.clip(outputs, -500, 500)))
    return np.clip(outputs, 0.0, 1.0)


def _are_logits(result: Result) -> bool:
    """Whether the outputs are logits: a loss that takes them for such does not make logits of probabilities."""
    return result.from_logits and result.activation not in ("sigmoid", "softmax")


def _of_one_output(values: np.ndarray, classes: int, result: Result, signed: bool) -> np.ndarray:
    if classes > 2:  # a number for a class: the nearest class is the answer
        return np.eye(classes)[np.clip(np.round(values), 0, classes - 1).astype(int)]
    if _are_logits(result):
        values = 1.0 / (1.0 + np.exp(-np.clip(values, -500, 500)))
    elif signed and result.activation not in ("sigmoid", "softmax"):
        values = (values + 1.0) / 2.0
    values = np.clip(values, 0.0, 1.0)
    return np.stack([1.0 - values, values], axis=1)


def _no_metric(received: str) -> DataError:
    return DataError(
        "This version cannot score what the program predicts.",
        received=received,
        expected="one class, one number, or several numbers and one of " + ", ".join(DISTANCES),
        hint="Ask for such a metric, or let the program fit one target at a time.",
    )
