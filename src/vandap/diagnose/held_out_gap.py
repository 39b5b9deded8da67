"""How far validation stays behind training in a watched fit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.curves import noise
from vandap.diagnose.progress import ACCURACIES, Progress
from vandap.diagnose.reading import names, wilson

LEAST_EPOCHS = 5
RISEN = 0.2
"""Share of the loss of knowing nothing that sure answers cost at most."""
SAME_ANSWERS = 0.1
"""Difference of the accuracies below which only the sureness of answers suffered."""


@dataclass(frozen=True)
class Gap:
    """The distance of both losses at the end, or at the best epoch where its weights were restored.

    Args:
        train: Training loss.
        validation: Validation loss.
        share: Their difference, over the loss of knowing nothing.
        rise: What the validation loss rose since its best, beyond its noise, over the same.
        accuracy: Difference of the accuracies; NaN where they were not measured.
        least_accuracy: What it surely is at least (95 %, by the number of validation rows), as far as these are known.
        epochs: Epochs with a validation loss.
    """

    train: float
    validation: float
    share: float
    rise: float
    accuracy: float
    least_accuracy: float
    epochs: float

    @property
    def has_risen(self) -> bool:
        """Whether the validation loss left its best beyond noise and what sure answers cost."""
        return self.rise > RISEN and self.share > RISEN

    @property
    def is_harmless(self) -> bool:
        """Whether the accuracies do not surely differ, so that perhaps only the sureness of answers suffered."""
        return self.least_accuracy <= SAME_ANSWERS


def held_out_gap(
    progress: Progress | None, val_loss: Series | None, metrics: Series | None, program: Program | None
) -> Gap | None:
    """Measure the gap; None where too few epochs were watched or the losses have no scale."""
    if progress is None or progress.broke:
        return None
    values = progress.held_out(val_loss)
    if values.size < LEAST_EPOCHS:
        return None
    unit = progress.trivial if progress.trivial > 0 else max(progress.start, float(values[0]))
    restored = restores_best(program)
    end = float(values.min()) if restored else float(np.median(values[-3:]))
    rise = 0.0 if restored else end - 2 * noise(values) - float(values.min())
    if not (unit > 0 and math.isfinite(progress.end)):
        return None
    share = (end - progress.end) / unit
    accuracy = accuracy_gap(metrics)
    least = accuracy - _doubt(metrics, program)
    return Gap(progress.end, end, share, max(rise, 0.0) / unit, accuracy, least, float(values.size))


def restores_best(program: Program | None) -> bool:
    """Whether a callback puts the weights of the best epoch back at the end."""
    settings = program.fit.callback_settings if program is not None else {}
    return any(bool(item.get("restore_best_weights")) for item in settings.values())


def accuracy_gap(metrics: Series | None) -> float:
    """Training minus validation accuracy, medians of the last three epochs."""
    train, validation = _accuracies(metrics)
    return train - validation


def _accuracies(metrics: Series | None) -> tuple[float, float]:
    if metrics is None or metrics.values.ndim != 2 or not metrics.values.size:
        return math.nan, math.nan
    labels = names(metrics, 1)
    for name in ACCURACIES:
        if name in labels and f"val_{name}" in labels:
            last = metrics.values[-3:, [labels.index(name), labels.index(f"val_{name}")]]
            return float(np.median(last[:, 0])), float(np.median(last[:, 1]))
    return math.nan, math.nan


def _doubt(metrics: Series | None, program: Program | None) -> float:
    """How far the true validation accuracy may be above the measured one; 0 where the rows are not known."""
    rows = program.fit.validation_examples if program is not None else 0
    _, measured = _accuracies(metrics)
    return wilson(measured * rows, rows)[1] - measured if rows and math.isfinite(measured) else 0.0
