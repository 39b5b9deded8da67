"""Inputs with mean 0 and deviation 1 in each feature or channel, by the numbers of the training examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from vandap.watch.kept import Batch


def axes_of_examples(array: np.ndarray) -> tuple[int, ...]:
    """The axes over which a feature or channel is described: all but the last, the only one of a vector."""
    return tuple(range(max(array.ndim - 1, 1)))


def has_scale(model: Any) -> bool:
    """Whether the inputs have a scale: a model that looks them up in a table reads numbers of rows."""
    return not any(isinstance(layer, keras.layers.Embedding) for layer in model._flatten_layers())


def standardised(train: Batch, held_out: Batch, whole_numbers: bool = True) -> tuple[Batch, Batch]:
    """Bring the inputs to mean 0 and deviation 1.

    Args:
        train: Examples whose mean and deviation are taken.
        held_out: Others of the same form.
        whole_numbers: Whether arrays of whole numbers are scaled, too.

    Returns:
        The same examples, scaled inputs as float32.
    """
    scales = [_scale(np.asarray(array)) for array in keras.tree.flatten(train.x)]
    first, second = (Batch(_scaled(part.x, scales, whole_numbers), part.y, part.w) for part in (train, held_out))
    return first, second


def _scale(array: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    axes = axes_of_examples(array)
    mean, deviation = (np.asarray(of(array, axis=axes, dtype=np.float64)) for of in (np.mean, np.std))
    return mean, np.where(deviation > 0, deviation, 1.0)


def _scaled(tree: Any, scales: Sequence[tuple[np.ndarray, np.ndarray]], whole_numbers: bool) -> Any:
    arrays = [
        ((array - mean) / deviation).astype(np.float32) if whole_numbers or array.dtype.kind == "f" else array
        for array, (mean, deviation) in zip(map(np.asarray, keras.tree.flatten(tree)), scales, strict=True)
    ]
    return keras.tree.pack_sequence_as(tree, arrays)
