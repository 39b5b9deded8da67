"""Inputs with mean 0 and deviation 1 in each feature or channel, by the numbers of the training examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np

from vandap.watch.kept import Batch


def axes_of_examples(array: np.ndarray) -> tuple[int, ...]:
    """The axes over which a feature or channel is described: all but the last, the only one of a vector."""
    return tuple(range(max(array.ndim - 1, 1)))


_SEQUENCES = 3
"""Axes of tokens at most: examples, steps, and several tokens a step. Images have four."""


def has_scale(model: Any, array: np.ndarray) -> bool:
    """Whether an input has a scale: whole numbers may be those of rows, where the model has a table to look up in."""
    looks_up = any(isinstance(layer, keras.layers.Embedding) for layer in model._flatten_layers())
    return not looks_up or array.ndim > _SEQUENCES or not _is_whole(array)


def _is_whole(array: np.ndarray) -> bool:
    return array.dtype.kind != "f" or bool((array == np.round(array)).all())


def is_fractional(array: np.ndarray) -> bool:
    """Whether an array's type is one for amounts."""
    return array.dtype.kind == "f"


def inputs(data: Batch) -> list[np.ndarray]:
    """The arrays of a batch's inputs."""
    return [np.asarray(array) for array in keras.tree.flatten(data.x)]


def standardised(train: Batch, held_out: Batch, is_chosen: Callable[[np.ndarray], bool]) -> tuple[Batch, Batch]:
    """Bring the inputs to mean 0 and deviation 1.

    Args:
        train: Examples whose mean and deviation are taken.
        held_out: Others of the same form.
        is_chosen: Asked of each input of the training examples, whether it is to be scaled; others are left alone.

    Returns:
        The same examples, scaled inputs as float32.
    """
    scales = [_scale(array) if is_chosen(array) else None for array in inputs(train)]
    first, second = (Batch(_scaled(part.x, scales), part.y, part.w) for part in (train, held_out))
    return first, second


def before_normalisation(model: Any, data: Batch) -> Batch:
    """Put a Normalization layer's scale on each input that meets one first, so that it gives on what the batch has.

    Its numbers come from the examples as they are, so it would press together what was scaled without some of them.
    """
    arrays, places = inputs(data), _inputs_of(model, data.x)
    if len(places) != len(arrays):
        return data
    layers = [_normalising(model, given) for given in places]
    undone = [array if layer is None else _undone(layer, array) for layer, array in zip(layers, arrays, strict=True)]
    return Batch(keras.tree.pack_sequence_as(data.x, undone), data.y, data.w)


def _inputs_of(model: Any, x: Any) -> list[Any]:
    """The model's inputs in the order of the arrays of a batch: those of a dictionary are known by their names."""
    given = list(getattr(model, "inputs", None) or [])
    if not isinstance(x, dict):
        return given
    named = {tensor.name: tensor for tensor in given}
    return [named[key] for key in sorted(x)] if set(named) == set(x) else []


def _normalising(model: Any, given: Any) -> Any:
    layers = [layer for layer in model.layers if isinstance(layer, keras.layers.Normalization) and not layer.invert]
    once = [layer for layer in layers if len(layer._inbound_nodes) == 1]
    return next((layer for layer in once if layer.input is given), None)


def _undone(layer: Any, array: np.ndarray) -> np.ndarray:
    mean, variance = (keras.ops.convert_to_numpy(value).astype(np.float64) for value in (layer.mean, layer.variance))
    return (array * np.sqrt(variance) + mean).astype(np.float32)


def _scale(array: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    axes = axes_of_examples(array)
    mean, deviation = (np.asarray(of(array, axis=axes, dtype=np.float64)) for of in (np.mean, np.std))
    return mean, np.where(deviation > 0, deviation, 1.0)


def _scaled(tree: Any, scales: Sequence[tuple[np.ndarray, np.ndarray] | None]) -> Any:
    arrays = [
        array if scale is None else ((array - scale[0]) / scale[1]).astype(np.float32)
        for array, scale in zip(map(np.asarray, keras.tree.flatten(tree)), scales, strict=True)
    ]
    return keras.tree.pack_sequence_as(tree, arrays)
