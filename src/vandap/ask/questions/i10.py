"""I10: what helps where classes are rare, by the answers to it compared on this training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from vandap.ask.arms import FEW_ROWS, SEEDS, Changes, Point, affordable, compared, point, predictions, trained
from vandap.ask.measured import Measured
from vandap.ask.opened import Opened
from vandap.ask.question import Answer, Table
from vandap.ask.whatif.parse import parse
from vandap.core.records import from_json
from vandap.errors import UsageError
from vandap.repair.changes.output import Focal
from vandap.repair.changes.rows import AfterFit, Rows
from vandap.repair.inputs import class_counts

FEW = 1.5
"""Classes are balanced where the most frequent is no more than so many times as frequent as the rarest."""
_CHANCE = 0.01
"""Held-out counts that equal shares give with no less a chance tell no imbalance: among many classes one is rare."""
MEMBERS = 5
"""Trainings of a balanced ensemble, each on rows of its own."""
_UNDER = (Rows("undersampled"),)
_ARMS: Mapping[str, Changes] = {
    "oversampling": (Rows("oversampled"),),
    "undersampling": _UNDER,
    "SMOTE": (Rows("interpolated"),),
    "focal loss": (Focal(),),
    "moved threshold": (AfterFit("moved_threshold"),),
}
WEIGHTS, ENSEMBLE = "class weights", "balanced ensemble"
_COUNT = len(_ARMS) + 2
_HEAD = ("answer", "seeds", "score", "gain", "low", "high", "recall of the rarest", "its precision", "accuracy")


@dataclass(frozen=True)
class Compared:
    """One answer to imbalance.

    Args:
        point: Its gain in the metric that decides; the training as it is has none.
        recall: Share of the rarest class that is found.
        precision: Share of what is called the rarest class that is of it; None where nothing is.
        accuracy: Share of all examples that are right.
    """

    point: Point
    recall: float
    precision: float | None
    accuracy: float


class Imbalance(Measured):
    """What to do about imbalanced data?"""

    id = "I10"
    question = "What to do about imbalanced data?"
    how = (
        "Class weights, over- and undersampling, SMOTE, focal loss, a moved threshold and a balanced ensemble, each "
        "trained on this data and compared with the training as it is, by a metric that does not overlook rare classes."
    )
    told = "with six answers to imbalance, five times each or more, and a balanced ensemble of twenty-five trainings"

    def measure(self, opened: Opened) -> Mapping[str, Any]:
        """Train every answer that this training can be given."""
        opened.bench.rehearse(())
        scale = opened.bench.scale
        if not scale.classes:
            raise UsageError(
                "This training predicts numbers, so no class is rare.",
                received=opened.name,
                expected="a training that predicts classes",
                hint="`vandap ask ... I2` asks for bias and variance.",
            )
        target = scale.target[scale.rows("confirm")]
        held_out = np.bincount(target, minlength=scale.classes)
        counts = np.array(class_counts(opened.known.case))
        are_trained = len(counts) == len(held_out)
        counts = counts if are_trained else held_out
        facts: dict[str, Any] = {
            "metric": scale.metric,
            "why": scale.why,
            "counts": counts.tolist(),
            "of": "Training" if are_trained else "Held-out",
            "is_balanced": is_balanced(counts) or (not are_trained and is_by_chance(counts)),
            "left_out": [],
            "found": [],
        }
        if facts["is_balanced"]:
            return facts
        rarest = int(np.argmin(np.where(held_out > 0, counts, np.inf)))
        return facts | {"rarest": rarest} | _trained(opened, target, rarest)

    def told_of(self, measured: Mapping[str, Any]) -> Answer:
        """What was tried, and what helped."""
        counts = np.array(measured["counts"])
        of = measured.get("of", "Held-out")
        share = f"{of} examples by class: {', '.join(f'{count:,.0f}' for count in counts)}."
        if measured.get("is_balanced", is_balanced(counts)):
            return Answer(f"{share} The classes are about as frequent as each other: there is nothing to do.", _SHORT)
        found = [from_json(Compared, item) for item in measured["found"]]
        tried = [item for item in found if item.point.gain == item.point.gain]
        parts = [
            share,
            f"The metric is {measured['metric']}: {measured['why'].rstrip('.')}.",
            _verdict(tried),
            *_left_out(measured),
        ]
        rows = tuple(_row(item) for item in found)
        title = f"Answers to imbalance ({measured['metric']}; intervals hold all together)"
        document = {"counts": measured["counts"], "rarest": measured["rarest"], "found": found}
        document |= {"left_out": measured["left_out"], "metric": measured["metric"]}
        return Answer(" ".join(parts), _SHORT, (Table(title, _HEAD, rows),), document)


_SHORT = (
    "First a measure that a model cannot please by overlooking the rare class: its recall and precision, their F1, or "
    "the area under the precision-recall curve. Then weights, other samples, another loss or another threshold: they "
    "move the model along the same trade of recall for precision, so compare them on held-out rows that keep the true "
    "shares."
)


def is_balanced(counts: np.ndarray) -> bool:
    """Whether no class is much rarer than another one, of those that there are."""
    present = counts[counts > 0]
    return bool(present.max() <= FEW * present.min())


def is_by_chance(counts: np.ndarray) -> bool:
    """Whether classes of equal shares would often enough be counted as unequally (Pearson's chi-squared test)."""
    mean = counts.mean()
    return bool(special.chdtrc(len(counts) - 1, float(((counts - mean) ** 2 / mean).sum())) >= _CHANCE)


def _trained(opened: Opened, target: np.ndarray, rarest: int) -> dict[str, Any]:
    trained(opened, ())
    seeds = affordable(opened, _COUNT + MEMBERS)
    reference = trained(opened, (), seeds)
    own = point(opened, "as it is", reference, reference)
    found = [] if own is None else [_compared(_bare(own), predictions(opened, reference), target, rarest)]
    left_out = []
    for name, changes in {WEIGHTS: _weights(opened), **_ARMS}.items():
        opened.progress("stage", {"title": f"imbalance: {name}"})
        done = trained(opened, changes, seeds) if changes else ()
        item = point(opened, name, done, reference, hypotheses=_COUNT)
        if item is None:
            left_out.append(name)
        else:
            found.append(_compared(item, predictions(opened, done), target, rarest))
    opened.progress("stage", {"title": f"imbalance: {ENSEMBLE}"})
    means = _ensembles(opened)
    if len(means) < 2:
        left_out.append(ENSEMBLE)
    else:
        base = predictions(opened, reference)[: len(means)]
        item = compared(opened, ENSEMBLE, base, means[: len(base)], hypotheses=_COUNT)
        found.append(_compared(item, means, target, rarest))
    return {"found": found, "left_out": left_out}


def _bare(own: Point) -> Point:
    return Point(own.name, own.seeds, own.score)


def _weights(opened: Opened) -> Changes:
    """Weights that make every class count the same; none where the classes were not counted."""
    try:
        return parse("classes balanced").changes(opened.known)
    except UsageError:
        return ()


def _ensembles(opened: Opened) -> list[np.ndarray | None]:
    """Means of trainings on undersampled rows, which differ from each other (Liu, Wu and Zhou 2009)."""
    done = trained(opened, _UNDER, SEEDS * MEMBERS)
    usable = [item for item in predictions(opened, done) if item is not None]
    groups = [usable[start : start + MEMBERS] for start in range(0, len(usable) - MEMBERS + 1, MEMBERS)]
    return [np.mean(group, axis=0) for group in groups]


def _compared(item: Point, found: Sequence[np.ndarray | None], target: np.ndarray, rarest: int) -> Compared:
    answers = [prediction.argmax(axis=1) for prediction in found if prediction is not None]
    if not answers:
        return Compared(item, 0.0, None, 0.0)
    right = float(np.mean([(answer == target).mean() for answer in answers]))
    hits = sum(int(((answer == rarest) & (target == rarest)).sum()) for answer in answers)
    called = sum(int((answer == rarest).sum()) for answer in answers)
    recall = hits / (len(answers) * int((target == rarest).sum()))
    return Compared(item, recall, hits / called if called else None, right)


def _verdict(tried: Sequence[Compared]) -> str:
    if not tried:
        return "There was no time to compare anything: a larger --budget goes on."
    better = sorted((item.point for item in tried if item.point.is_better), key=lambda item: -item.gain)
    worse = [item.point.name for item in tried if item.point.is_worse]
    hurt = f" Surely worse: {', '.join(worse)}." if worse else ""
    if not better:
        few = f": {FEW_ROWS}" if any(item.point.why == FEW_ROWS for item in tried) else ""
        return f"None of {len(tried)} answers was surely better than the training as it is{few}.{hurt}"
    told = ", ".join(f"{item.name} {item.gain:+.3g} [{item.low:.3g}, {item.high:.3g}]" for item in better)
    return f"Surely better than the training as it is: {told}.{hurt}"


def _left_out(measured: Mapping[str, Any]) -> Sequence[str]:
    names = measured["left_out"]
    return [f"Not compared, because this training cannot be given it or there was no time: {', '.join(names)}."] * bool(
        names
    )


def _row(item: Compared) -> tuple[Any, ...]:
    gains = (item.point.gain, item.point.low, item.point.high)
    known = (value if value == value else None for value in gains)
    return (item.point.name, item.point.seeds, item.point.score, *known, item.recall, item.precision, item.accuracy)
