"""How far a training came: its loss against the untrained network's and against the best constant answer's.

Most rules of a training's course need this first: a symptom of a training that learns well is no fault. The record is
derived from the signals by the engine, so that every rule judges progress alike.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.constant_answer import Scale, scale
from vandap.diagnose.curves import finite
from vandap.diagnose.reading import names, number

STUCK = 0.02
"""Share of what there is to learn below which nothing was learnt: what is left is noise between batches."""
POOR = 0.3
"""Share of what there is to learn below which it is worth asking why, and not more."""
WORSE = 1.5
"""Times the loss of the first batch above which a training did harm: batches of a few examples differ by a third."""
ENOUGH_STEPS = 100
"""Steps after which a healthy training shows at least some of its way."""
FEW_BATCHES = 10
"""Batches of an epoch below which single ones, the rest of the examples among them, say less than the epoch's mean."""
ENOUGH_EPOCHS = 8
"""Epochs from which their means tell a course; each is the mean of a loss that falls meanwhile."""
RESTING = 0.15
"""Share of the fall of the loss in the last quarter: an even fall has 0.25 there, a finished one almost none."""
ACCURACIES = ("accuracy", "acc", "sparse_categorical_accuracy", "categorical_accuracy", "binary_accuracy")


@dataclass(frozen=True)
class Progress:
    """How far a training came. Whatever is not known is NaN.

    Args:
        start: Loss of the untrained network, regularisers left out where these are known.
        end: Loss at the end: the last epoch's, of few epochs the median of the last steps.
        best: Lowest loss of an epoch, or of a median of steps.
        trivial: Loss of the best constant answer.
        floor: Lowest loss that can be reached at all: above 0 with smoothed labels, NaN where targets are soft.
        accuracy: Training accuracy in the last epoch.
        majority: Share of the most frequent class.
        steps: Optimiser steps.
        late_gain: Share of the whole fall of the loss that fell in the last quarter of the training.
        broke: Whether the loss stopped being finite.
        penalty: What regularisers add to the loss at the end; 0 where that is not known.
        is_comparable: Whether losses of different times are of the same targets; where they moved, a loss that does not
            fall says nothing.
    """

    start: float = math.nan
    end: float = math.nan
    best: float = math.nan
    trivial: float = math.nan
    floor: float = 0.0
    accuracy: float = math.nan
    majority: float = math.nan
    steps: float = math.nan
    late_gain: float = math.nan
    broke: bool = False
    penalty: float = 0.0
    is_comparable: bool = True

    def held_out(self, val_loss: Series | None) -> np.ndarray:
        """The finite validation losses, as comparable with the other fields: regularisers left out at their last."""
        return finite(val_loss) - self.penalty

    @property
    def learnt(self) -> float:
        """Share of what there is to learn beyond the best constant answer: below 0 is worse than that; NaN unknown."""
        return self.learnt_at(self.end)

    def learnt_at(self, loss: float) -> float:
        """The share that a model of this loss has learnt."""
        room = self.trivial - self.floor
        return (self.trivial - loss) / room if room > 0 else math.nan

    @property
    def fallen(self) -> float:
        """Share of the untrained network's loss that is gone; NaN where that has no meaning."""
        return 1 - self.end / self.start if self.start > 0 and self.end >= 0 else math.nan

    @property
    def is_stuck(self) -> bool:
        """Whether nothing was learnt although there were steps enough."""
        return self.steps >= ENOUGH_STEPS and self._below(STUCK)

    @property
    def is_poor(self) -> bool:
        """Whether little was learnt, or the loss broke: reason to look for a cause, no fault by itself."""
        return self.broke or self._below(POOR)

    @property
    def is_good(self) -> bool:
        """Whether most of what there is to learn was learnt, so that symptoms did not harm."""
        known = self.learnt if math.isfinite(self.learnt) else self.fallen
        return not self.broke and known > 0.5

    @property
    def has_come_to_rest(self) -> bool:
        """Whether the loss had all but stopped falling after steps enough, so that more of them would change little."""
        return self.steps >= ENOUGH_STEPS and self.late_gain < RESTING

    @property
    def is_worse_than_nothing(self) -> bool:
        """Whether the loss ended far above the untrained network's and above that of knowing nothing.

        Then the steps themselves did harm. The untrained network's loss is that of one batch, and may be half off.
        """
        known = [loss for loss in (self.start, self.trivial) if math.isfinite(loss)]
        return self.broke or (self.is_comparable and bool(known) and self.end > WORSE * max(known) > 0)

    @property
    def phrase(self) -> str:
        """One clause that says it: `the loss went from 2.31 to 2.30, and the best constant answer has 2.30`."""
        if self.broke:
            return f"the loss started at {self.start:.3g} and became no finite number"
        constant = f", and the best constant answer has {self.trivial:.3g}" if math.isfinite(self.trivial) else ""
        return f"the loss went from {self.start:.3g} to {self.end:.3g}{constant}"

    @property
    def evidence(self) -> dict[str, float]:
        """The numbers that findings cite."""
        return {"loss_start": self.start, "loss_end": self.end, "loss_trivial": self.trivial, "steps": self.steps}

    def _below(self, share: float) -> bool:
        if not self.is_comparable:
            return False
        if self.accuracy - self.majority > max(share, 0.1) * (1 - self.majority):
            return False
        if math.isfinite(self.learnt):
            return self.learnt < share
        if self.trivial <= self.floor:
            return False  # a constant answers all: an adversary's labels, of which nothing is to be learnt
        return self.fallen < min(share, 0.1)


def progress(evidence: Mapping[str, Any]) -> Progress | None:
    """Derive the record from the signals of a run; None where no loss was measured."""
    epochs, steps = _values(evidence.get("loss")), _values(evidence.get("step_loss"))
    if not epochs.size and not steps.size:
        return None
    parts, program = evidence.get("loss_parts"), evidence.get("program")
    curve = _course(epochs, steps, program)
    before, after = (_known(number(parts, fact)) for fact in ("penalty_first", "penalty_last"))
    known = scale(program, evidence.get("label_counts"), evidence.get("label_statistics")) if program else Scale()
    start = _first(_values(evidence.get("initial_loss")), steps, epochs)
    broke = not np.isfinite(epochs[-1:]).all() or not np.isfinite(steps[-1:]).all()
    return Progress(
        start=start - before,
        end=math.nan if broke else _end(curve, epochs) - after,
        best=_best(curve) - after,
        trivial=known.trivial,
        floor=known.floor,
        accuracy=_accuracy(evidence.get("epoch_metrics"), program),
        majority=known.majority,
        steps=_steps(evidence, program),
        late_gain=_late_gain(curve, epochs[np.isfinite(epochs)]),
        broke=broke,
        penalty=after,
        is_comparable=program is None or not program.fit.targets_moved,
    )


def _course(epochs: np.ndarray, steps: np.ndarray, program: Program | None) -> np.ndarray:
    """The losses that tell the course: of the steps, where there are enough of them to average over batches."""
    few_a_pass = program is not None and 1 < program.fit.batches < FEW_BATCHES
    if epochs.size >= ENOUGH_EPOCHS and few_a_pass:
        return epochs
    return steps if steps.size >= 20 else epochs if epochs.size else steps


def _values(series: Series | None) -> np.ndarray:
    return np.zeros(0) if series is None else np.asarray(series.values, dtype=np.float64).ravel()


def _known(value: float) -> float:
    return value if math.isfinite(value) else 0.0


def _first(*curves: np.ndarray) -> float:
    return next((float(curve[0]) for curve in curves if curve.size and math.isfinite(curve[0])), math.nan)


def _window(curve: np.ndarray) -> int:
    """How many last values stand for the end: a tenth of the steps, one of few epochs."""
    return max(curve.size // 10, 5) if curve.size >= 20 else 1


def _median(values: np.ndarray) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else math.nan


def _best(curve: np.ndarray) -> float:
    width, finite = _window(curve), curve[np.isfinite(curve)]
    if finite.size < width or not finite.size:
        return math.nan
    return float(np.median(np.lib.stride_tricks.sliding_window_view(finite, width), axis=1).min())


def _end(curve: np.ndarray, epochs: np.ndarray) -> float:
    """The last epoch's mean where there are enough; of uneven batches the median is less than what the loss is."""
    return float(epochs[-1]) if epochs.size >= ENOUGH_EPOCHS else _median(curve[-_window(curve) :])


def _late_gain(curve: np.ndarray, epochs: np.ndarray) -> float:
    """Share of the fall of the loss that fell in the last quarter; NaN where it hardly fell.

    The last quarter is told by the means of epochs where there are enough: it is the small difference that batches
    blur. Their first mean hides the start, which is the curve's.
    """
    finite = curve[np.isfinite(curve)]
    if finite.size < 8:
        return math.nan
    width = max(finite.size // 10, 1)
    first, tail = _median(finite[:width]), epochs if epochs.size >= ENOUGH_EPOCHS else finite
    width = max(tail.size // 10, 1)
    late, last = _median(tail[3 * tail.size // 4 - width : 3 * tail.size // 4 + 1]), _median(tail[-width:])
    return (late - last) / (first - last) if first - last > STUCK * abs(finite[0]) else math.nan


def _accuracy(metrics: Series | None, program: Program | None) -> float:
    if metrics is None or metrics.values.ndim != 2 or not metrics.values.shape[0]:
        return math.nan
    if program is not None and len(program.compile.losses) > 1:
        return math.nan
    labels = names(metrics, 1)
    place = next((labels.index(name) for name in ACCURACIES if name in labels), None)
    return math.nan if place is None else float(metrics.values[-1, place])


def _steps(evidence: Mapping[str, Any], program: Program | None) -> float:
    """Steps that were made: of the fit where it says so, else the last that was recorded."""
    counted = program.fit.steps if program else 0
    recorded = [_values(evidence.get(name)) for name in ("step_number", "probe_step", "step_loss")]
    last = [float(item[-1]) for item in recorded[:2] if item.size and math.isfinite(item[-1])]
    return float(max([counted, recorded[2].size, *last]))
