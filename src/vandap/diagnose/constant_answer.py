"""What the best constant answer costs: the loss of a model that knows how often each answer occurs and nothing else."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vandap.core.program import Loss, Program
from vandap.core.signals import Series
from vandap.diagnose.reading import counts, names, number


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

    Of several outputs it is the weighted sum, as the loss is. Only where the best constant answer of every output
    follows from the counts or moments of its targets, and without weights of classes or examples, which change what is
    best. Masked steps and ignored classes are counted among the targets and not by the loss; targets that move have
    another such answer at each time: there nothing is known.
    """
    losses, fit = program.compile.losses, program.fit
    if fit.targets_moved or any(_leaves_out(program, loss) for loss in losses):
        return Scale()
    known = [_alone(series) for series in (label_counts, label_statistics)] if len(losses) == 1 else ["", ""]
    shares = _shares(label_counts, known[0])
    majority = float(shares.max()) if shares is not None else math.nan
    own = any(not loss.module.startswith("keras") for loss in losses)
    if label_statistics is not None and label_statistics.values.shape[0] != len(losses):
        return Scale(majority=majority)  # one loss for several outputs, or targets that were not told apart
    if not losses or own or fit.class_weight or fit.sample_weight or any(not loss.weight > 0 for loss in losses):
        return Scale(majority=majority)
    ends = [_ends(loss, label_counts, label_statistics, *known) for loss in losses]
    trivial, floor = (sum(loss.weight * end[side] for loss, end in zip(losses, ends, strict=True)) for side in (0, 1))
    return Scale(trivial, floor, majority)


def _leaves_out(program: Program, loss: Loss) -> bool:
    """Whether a loss may leave out a part of the targets: a class, or the steps that a mask hides."""
    head = program.layer(loss.output)
    has_steps = head is None or not 0 < len(head.output_shape) <= 2
    masks = any(layer.kind == "Masking" or layer.settings.get("mask_zero") for layer in program.layers)
    return loss.settings.get("ignore_class") is not None or (masks and has_steps)


def _alone(series: Series | None) -> str:
    """The only output that a signal describes; "" where there are several, or none."""
    labels = names(series, 0) if series is not None and series.values.ndim == 2 else ()
    return labels[0] if len(labels) == 1 else ""


def _ends(
    loss: Loss, label_counts: Series | None, targets: Series | None, counted: str, described: str
) -> tuple[float, float]:
    """Both ends of the loss of one output; what the signals call it, or "" for its own name."""
    shares, output = _shares(label_counts, counted or loss.output), described or loss.output
    if not _is_mean(loss):
        return math.nan, math.nan
    width = number(targets, output, "width")
    if loss.kind == "CategoricalCrossentropy" and width > 1 and number(targets, output, "one_hot") < 1:
        return math.nan, math.nan  # rows of padding, or of several classes
    if loss.kind in _CATEGORICAL and shares is not None:
        smoothing = _smoothing(loss) if loss.kind == "CategoricalCrossentropy" else 0.0
        return _smoothed(shares, smoothing)
    if loss.kind == "BinaryCrossentropy" and shares is not None and shares.size == 2 and not width > 1:
        return _smoothed(shares, _smoothing(loss))
    if loss.kind == "MeanSquaredError":
        return number(targets, output, "deviation") ** 2, 0.0
    if loss.kind == "MeanAbsoluteError":
        return number(targets, output, "absolute"), 0.0
    return math.nan, math.nan


def _is_mean(loss: Loss) -> bool:
    """Whether the loss is a mean over examples."""
    reduction = loss.settings.get("reduction", "sum_over_batch_size")
    return reduction in ("sum_over_batch_size", "mean", "mean_with_sample_weight")


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


def _shares(label_counts: Series | None, output: str) -> np.ndarray | None:
    """Shares of the classes of one output; classes of other outputs are NaN in its row."""
    if label_counts is None or label_counts.values.ndim != 2 or output not in names(label_counts, 0):
        return None
    row = np.asarray(label_counts.values[names(label_counts, 0).index(output)], dtype=np.float64)
    known = counts(row[np.isfinite(row)])
    return known / known.sum() if known is not None and known.sum() > 0 else None
