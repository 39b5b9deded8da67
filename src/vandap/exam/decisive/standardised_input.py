"""Does the model learn better from standardised inputs?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from vandap.exam.decisive._comparison import Arm, Comparison, axes_of_examples
from vandap.exam.decisive._test import NotPossibleError
from vandap.watch.kept import Batch, Kept


class StandardisedInput(Comparison):
    """Training on inputs with mean 0 and deviation 1 in each feature or channel, beside training on the user's own.

    Mean and deviation come from the training examples. A model that scales its inputs itself does no better with it,
    and is so found healthy.
    """

    cost = 2.0
    retraced = True

    def arms(self, kept: Kept, train: Batch, held_out: Batch, random: np.random.Generator) -> Sequence[Arm]:
        """The user's inputs and the standardised ones."""
        if any(isinstance(layer, keras.layers.Embedding) for layer in kept.model._flatten_layers()):
            raise NotPossibleError("The model looks its inputs up in a table; numbers of rows have no scale.")
        scales = _zipped(train.x, lambda array: (_mean(array), _deviation(array)))
        scaled, scaled_held_out = (Batch(_apply(part.x, scales), part.y, part.w) for part in (train, held_out))
        return [Arm("real", train, held_out), Arm("standardised", scaled, scaled_held_out)]


def _mean(array: np.ndarray) -> np.ndarray:
    return np.asarray(np.mean(array, axis=axes_of_examples(array), dtype=np.float64))


def _deviation(array: np.ndarray) -> np.ndarray:
    deviation = np.std(array, axis=axes_of_examples(array), dtype=np.float64)
    return np.asarray(np.where(deviation > 0, deviation, 1.0))


def _zipped(tree: Any, function: Any) -> Any:
    return keras.tree.map_structure(function, tree)


def _apply(tree: Any, scales: Any) -> Any:
    flat = keras.tree.flatten(tree)
    pairs = keras.tree.flatten(scales)
    scaled = [
        ((array - mean) / deviation).astype(np.float32)
        for array, mean, deviation in zip(flat, pairs[::2], pairs[1::2], strict=True)
    ]
    return keras.tree.pack_sequence_as(tree, scaled)
