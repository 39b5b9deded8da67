"""How many answers of a model are wrong, whatever the form of its targets."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np


def errors(model: Any, x: Any, y: Any) -> float:
    """Share of wrong answers in training mode, or of unexplained variance for numbers; the worst of several outputs.

    Args:
        model: The model; batch normalisation uses the batch.
        x: Inputs.
        y: Targets.

    Returns:
        The share; NaN where targets and outputs do not correspond.
    """
    outputs = [keras.ops.convert_to_numpy(item) for item in keras.tree.flatten(model(x, training=True))]
    targets = [np.asarray(item) for item in keras.tree.flatten(y)]
    if len(outputs) != len(targets):
        return math.nan
    shares = [share_wrong(target, output) for target, output in zip(targets, outputs, strict=True)]
    return max(shares) if all(math.isfinite(share) for share in shares) else math.nan


def share_wrong(target: np.ndarray, output: np.ndarray) -> float:
    """Share of wrong classes, or of unexplained variance where the targets are numbers."""
    target, output = target.astype(np.float64), output.astype(np.float64)
    classes = true_and_answered(target, output)
    if classes is not None:
        return float(np.mean(classes[0] != classes[1]))
    target, output = np.squeeze(target), np.squeeze(output)
    if target.shape != output.shape:
        return math.nan
    variance = float(np.var(target))
    return float(np.mean((target - output) ** 2)) / variance if variance > 0 else math.nan


def true_and_answered(target: np.ndarray, output: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Read targets and answers as classes, whatever their form.

    Args:
        target: Numbers of classes, zeros and ones: (examples,) or (examples, 1); or rows with one 1: (examples, units).
        output: Answers, as probabilities or logits: (examples, units).

    Returns:
        (true, answered) classes: (examples,) each; None where the targets are numbers.
    """
    width = output.shape[-1] if output.ndim > 1 else 1
    whole = bool(np.all(target == np.round(target)))
    if whole and width > 1 and np.shape(np.squeeze(target)) == output.shape[:-1]:
        return np.squeeze(target), output.argmax(-1)
    if not whole or target.min() < 0 or target.max() > 1 or target.size != output.size:
        return None
    if width > 1 and target.shape == output.shape and np.all(target.sum(-1) == 1):
        return target.argmax(-1), output.argmax(-1)
    middle = 0.5 if output.min() >= 0 and output.max() <= 1 else 0.0
    return target.ravel(), (output.ravel() > middle).astype(np.float64)
