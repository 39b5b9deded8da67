"""What the best constant answer costs: the loss of a model that knows how often each answer occurs and nothing else."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vandap.core.program import Loss, Program
from vandap.core.signals import Series
from vandap.diagnose.reading import counts, number


@dataclass(frozen=True)
class Scale:
    """The ends of a loss.

    Args:
        trivial: Loss of the best constant answer; NaN where it is not known.
        floor: Lowest loss that can be reached; NaN where it is not known.
        majority: Share of the most frequent class; NaN where targets are no classes.
    """

    trivial: float = math.nan
    floor: float = math.nan
    majority: float = math.nan


_CATEGORICAL = ("SparseCategoricalCrossentropy", "CategoricalCrossentropy")


def scale(program: Program, label_counts: Series | None, label_statistics: Series | None) -> Scale:
    """Return the ends of the training loss.

    Only for one output with a loss whose best constant answer follows from the counts or moments of the targets, and
    without weights of classes or examples, which change what is best.
    """
    shares = _shares(label_counts)
    majority = float(shares.max()) if shares is not None else math.nan
    losses, fit = program.compile.losses, program.fit
    if len(losses) != 1 or fit.class_weight or fit.sample_weight or not losses[0].module.startswith("keras"):
        return Scale(majority=majority)
    trivial, floor = _ends(losses[0], shares, label_statistics)
    weight = losses[0].weight
    return Scale(trivial * weight, floor * weight, majority) if weight > 0 else Scale(majority=majority)


def _ends(loss: Loss, shares: np.ndarray | None, targets: Series | None) -> tuple[float, float]:
    if not _is_mean(loss, targets):
        return math.nan, math.nan
    if loss.kind in _CATEGORICAL and shares is not None:
        smoothing = _smoothing(loss) if loss.kind == "CategoricalCrossentropy" else 0.0
        return _smoothed(shares, smoothing)
    if loss.kind == "BinaryCrossentropy" and shares is not None and shares.size == 2 and _width(targets) == 1:
        return _smoothed(shares, _smoothing(loss))
    if loss.kind == "MeanSquaredError":
        return number(targets, _output(targets), "deviation") ** 2, 0.0
    return math.nan, math.nan


def _is_mean(loss: Loss, targets: Series | None) -> bool:
    """Whether the loss is a mean over examples, of a model with one output."""
    reduction = loss.settings.get("reduction", "sum_over_batch_size")
    return reduction in ("sum_over_batch_size", "mean", "mean_with_sample_weight") and (
        targets is None or targets.values.shape[0] == 1
    )


def _smoothed(shares: np.ndarray, smoothing: float) -> tuple[float, float]:
    """Cross-entropy of the best constant answer, and of a perfect model, with smoothed labels."""
    classes = shares.size
    perfect = np.full(classes, smoothing / classes)
    perfect[0] += 1 - smoothing
    return _entropy(shares * (1 - smoothing) + smoothing / classes), _entropy(perfect)


def _entropy(shares: np.ndarray) -> float:
    positive = shares[shares > 0]
    return float(-(positive * np.log(positive)).sum()) + 0.0  # no negative zero


def _smoothing(loss: Loss) -> float:
    value = loss.settings.get("label_smoothing", 0.0)
    return float(value) if isinstance(value, int | float) and 0 <= value < 1 else 0.0


def _shares(label_counts: Series | None) -> np.ndarray | None:
    if label_counts is None or label_counts.values.ndim != 2 or label_counts.values.shape[0] != 1:
        return None
    known = counts(label_counts.values[0])
    return known / known.sum() if known is not None and known.sum() > 0 else None


def _width(targets: Series | None) -> float:
    width = number(targets, _output(targets), "width")
    return 1.0 if math.isnan(width) else width


def _output(targets: Series | None) -> str:
    labels = targets.labels.get("output", ()) if targets is not None else ()
    return labels[0] if labels else ""
