"""I8: whether the learning rate was too large or too small, as far as one watched training shows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from vandap.ask.asked import asked
from vandap.ask.question import Answer, Question, Table
from vandap.ask.watched import Watched, first_last, judged, known, lacking, typical
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.core.store import Run
from vandap.diagnose.decisive import arm
from vandap.diagnose.progress import Progress, progress
from vandap.diagnose.reading import number
from vandap.diagnose.rules.dynamics.learning_rate_too_high import LearningRateTooHigh
from vandap.diagnose.rules.dynamics.learning_rate_too_low import LearningRateTooLow
from vandap.diagnose.watched import is_kernel, items

_RULES = (LearningRateTooHigh.code, LearningRateTooLow.code)
_HEAD = ("weights", "update/weight first", "median", "last")
_ARMS = ("rate", "train loss", "held-out loss", "difference to x1", "low", "high")


class LearningRate(Question):
    """Was the learning rate too large or too small?"""

    id = "I8"
    question = "Learning rate too large or too small?"
    how = (
        "The loss curve, the size of the updates in each layer, the exam's short trainings at other rates and the "
        "range test, where the run made them, and paired trainings at the rates that were asked of it (lr*10)."
    )

    def answer(self, run: Run) -> Answer:
        """Gather what speaks for either."""
        watched = Watched.of(run)
        course = progress(run.evidence)
        if course is None:
            return lacking(run, self.id, "losses of a network's training")
        sizes, arms = _sizes(watched), watched.series("test_learning_rate")
        tested, told = watched.series("range_test"), judged(run, *_RULES)
        parts = [_rate(watched), _course(course), _updates(sizes, arms, tested), _compared(arms), _range(tested)]
        tried = asked(run, "lr*10", "lr/10", starting="lr")
        sound = "The exam finds it neither too high nor too low." if told.is_clear else ""
        text = " ".join(filter(None, [*parts, told.blamed or sound, tried.text]))
        tables = [Table("Size of the steps, by weight matrix", _HEAD, sizes)] if sizes else []
        if arms is not None:
            tables.append(Table("Short trainings from the same start, interval over examples", _ARMS, _rows(arms)))
        tables += (*tried.tables, *told.tables)
        document: dict[str, Any] = {
            "rate": first_last(_rates(watched)),
            "progress": course,
            "update_ratio": {row[0]: dict(zip(("first", "median", "last"), row[1:], strict=True)) for row in sizes},
            "short_trainings": [] if arms is None else [dict(zip(_ARMS, row, strict=True)) for row in _rows(arms)],
            "range_test": None if tested is None else tested.values,
            "what_ifs": tried.document,
            "rules": told.document,
        }
        return Answer(text, _SHORT, tuple(tables), document)


_SHORT = (
    "Too large, and the loss jumps, grows or becomes no number; too small, and it still falls evenly when the training "
    "ends. A step of about a thousandth of the weights is usual; what is best only trainings at several rates tell, "
    "each on its own from the same start."
)


def _rates(watched: Watched) -> np.ndarray:
    series = watched.series("learning_rate")
    return np.zeros(0) if series is None else np.asarray(series.values, dtype=np.float64).ravel()


def _rate(watched: Watched) -> str:
    first, last = first_last(_rates(watched))
    optimizer = watched.program.compile.optimizer
    by = f" with {optimizer}" if optimizer else ""
    if first is None or last is None:
        return f"The learning rate{by} was not recorded."
    if first == last:
        return f"The learning rate was {first:.3g}{by}{_schedule(watched.program)}."
    return f"The learning rate went from {first:.3g} to {last:.3g}{by}{_schedule(watched.program)}."


def _schedule(program: Program) -> str:
    rate = program.compile.settings.get("learning_rate")
    return f", by the schedule {rate.get('class_name')}" if isinstance(rate, Mapping) else ""


def _course(course: Progress) -> str:
    late = ""
    if math.isfinite(course.late_gain) and not course.broke:
        late = f", {course.late_gain:.0%} of that in the last quarter (an even fall has 25 %, a finished one 0)"
    steps = f"In {course.steps:,.0f} steps" if course.steps > 0 else "In training"
    return f"{steps} {course.phrase}{late}."


def _sizes(watched: Watched) -> tuple[tuple[Any, ...], ...]:
    """(matrix, first, median, last) of update over weight."""
    series = watched.series("update_ratio")
    if series is None or series.values.ndim != 2:
        return ()
    columns = [(name, np.asarray(series.values[:, place])) for place, name in enumerate(items(series))]
    rows = [(name, *first_last(values), known(typical(values))) for name, values in columns if is_kernel(name)]
    return tuple((name, first, median, last) for name, first, last, median in rows)


def _updates(sizes: tuple[tuple[Any, ...], ...], arms: Series | None, tested: Series | None) -> str:
    medians = [row[2] for row in sizes if row[2] is not None]
    if not medians:
        has = arms is not None or tested is not None
        return "" if has else "How large the steps were was not measured: only a watched training knows."
    smallest, largest = min(medians), max(medians)
    return (
        f"A step changed the weight matrices by {smallest:.1g} to {largest:.1g} of their size; about 1e-3 is usual, "
        "above 1 the weights are replaced, below 1e-4 they hardly move."
    )


def _rows(arms: Series) -> tuple[tuple[Any, ...], ...]:
    names = sorted(arms.labels.get("arm", ()), key=lambda name: float(name.removeprefix("x")))
    facts = ("train", "held_out", "difference", "low", "high")
    return tuple((name, *(known(number(arms, name, fact)) for fact in facts)) for name in names)


def _compared(arms: Series | None) -> str:
    if arms is None:
        return ""
    rows = [row for row in _rows(arms) if row[2] is not None]
    steps, share = number(arms, "x1", "steps"), number(arms, "x1", "share")
    best = min(rows, key=lambda row: row[2], default=None)
    if best is None:
        return ""
    base = f"Short trainings of {steps:.0f} steps ({share:.0%} of the whole) from the same start: "
    if best[0] == "x1" or best[3] is None:
        return base + "no other rate was better on held-out examples."
    interval = f"[{best[4]:.2g}, {best[5]:.2g}]" if best[4] is not None and best[5] is not None else "unknown"
    return (
        f"{base}{best[0]} of the rate had the lowest held-out loss, {best[3]:+.2g} {interval} against yours, "
        f"{arm(arms, best[0]).verdict}. Short trainings favour high rates."
    )


def _range(tested: Series | None) -> str:
    if tested is None or tested.values.ndim != 2 or tested.values.shape[1] < 2:
        return ""
    rates, losses = tested.values[:, 0], tested.values[:, 1]
    finite = np.isfinite(losses)
    if not finite.any():
        return ""
    lowest = int(np.nanargmin(np.where(finite, losses, np.inf)))
    return (
        f"The range test raised the rate from {rates[0]:.1g} to {rates[-1]:.1g}: the loss was lowest at "
        f"{rates[lowest]:.2g}; a usable rate lies below that."
    )
