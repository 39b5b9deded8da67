"""How many answers of a model are wrong, whatever the form of its targets."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import keras
import numpy as np
from keras.src.backend import get_keras_mask

from vandap.watch.kept import Batch


def errors(model: Any, batch: Batch) -> float:
    """Share of wrong answers in training mode, or of unexplained variance for numbers; the worst of several outputs.

    What the loss leaves out is no answer: positions of weight 0, of the class that it ignores, or that are masked.

    Args:
        model: The model; batch normalisation uses the batch.
        batch: Inputs, targets and weights.

    Returns:
        The share; NaN where targets and outputs do not correspond.
    """
    answers = keras.tree.flatten(model(batch.x, training=True))
    targets = [np.asarray(item) for item in keras.tree.flatten(batch.y)]
    weights = [None] if batch.w is None else keras.tree.flatten(batch.w)
    weights = weights * len(answers) if len(weights) == 1 else weights
    ignored = ignored_class(model)
    if not len(answers) == len(targets) == len(weights) or (ignored is not None and len(answers) > 1):
        return math.nan
    shares = []
    for answer, target, weight in zip(answers, targets, weights, strict=True):
        given = (weight, get_keras_mask(answer))
        kept = [None if part is None else keras.ops.convert_to_numpy(part) != 0 for part in given]
        kept.append(None if ignored is None else target != ignored)
        pair = counted(target, keras.ops.convert_to_numpy(answer), kept)
        shares.append(math.nan if pair is None else share_wrong(*pair))
    return max(shares) if all(math.isfinite(share) for share in shares) else math.nan


def ignored_class(model: Any) -> int | None:
    """The class that a model's loss leaves out; None for none."""
    given = (getattr(loss, "ignore_class", None) for loss in keras.tree.flatten(getattr(model, "loss", None)))
    return next((number for number in given if number is not None), None)


def counted_examples(model: Any, data: Batch) -> Batch:
    """Leave out the examples that the loss leaves out, where there is one target an example."""
    ignored, rows = ignored_class(model), np.ones(data.examples, bool)
    for given, left_out in ((data.w, 0), (data.y, ignored)):
        leaves = [] if given is None or left_out is None else [np.asarray(item) for item in keras.tree.flatten(given)]
        if len(leaves) == 1 and leaves[0].size == len(rows):
            rows &= leaves[0].ravel() != left_out
    return data if rows.all() else data.take(rows.nonzero()[0])


def counted(
    target: np.ndarray, output: np.ndarray, kept: Iterable[np.ndarray | None]
) -> tuple[np.ndarray, np.ndarray] | None:
    """Targets and answers at the positions that are all kept.

    Args:
        target: Targets, in any form that `true_and_answered` knows, or numbers.
        output: Answers: (examples, ..., units) or (examples,).
        kept: Whether a position counts, each (examples, ...), also with a last axis of one; None where all do.

    Returns:
        (target, output) as given where all is kept, else one row a position; None where they do not correspond, or
        nothing is kept.
    """
    places = np.ones(output.shape[:-1] if output.ndim > 1 else output.shape, bool)
    for given in kept:
        if given is None or given.all():
            continue
        own = given[..., 0] if given.ndim == places.ndim + 1 and given.shape[-1] == 1 else given
        if own.shape != places.shape[: own.ndim]:
            return None
        places &= own.reshape(own.shape + (1,) * (places.ndim - own.ndim))
    if places.all():
        return target, output
    if target.shape[: places.ndim] != places.shape or not places.any():
        return None
    return target[places], output[places]


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
