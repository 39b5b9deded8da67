"""Does the model learn better when single values far outside of all others are cut?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from vandap.exam.decisive._comparison import Arm, Comparison, axes_of_examples
from vandap.exam.decisive._test import NotPossibleError
from vandap.watch.kept import Batch, Kept

FARTHEST = 10.0
"""Robust deviations (interquartile range / 1.349) from the median at which values are cut."""
_NORMAL_RANGE = 1.349
"""Interquartile range of a normal distribution of deviation 1."""


class ClippedInput(Comparison):
    """Training on inputs whose far outliers are cut, in each feature or channel, beside training on the user's own.

    Median and quartiles come from the training examples. Columns of which more than half hold one value keep theirs:
    in flags and counts nothing is far.
    """

    cost = 2.0

    def arms(self, kept: Kept, train: Batch, held_out: Batch, random: np.random.Generator) -> Sequence[Arm]:
        """The user's inputs and the clipped ones."""
        arrays = keras.tree.flatten(train.x)
        if not any(np.asarray(array).dtype.kind == "f" for array in arrays):
            raise NotPossibleError("The inputs are whole numbers, which may stand for words.")
        limits = [_limits(np.asarray(array)) for array in arrays]
        clipped, clipped_held_out = (Batch(_clipped(part.x, limits), part.y, part.w) for part in (train, held_out))
        return [Arm("real", train, held_out), Arm("clipped", clipped, clipped_held_out)]


def _limits(array: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest value to keep, for each feature or channel."""
    axes = axes_of_examples(array)
    low, middle, high = (np.quantile(array.astype(np.float64), share, axis=axes) for share in (0.25, 0.5, 0.75))
    reach = np.where(high > low, FARTHEST * (high - low) / _NORMAL_RANGE, np.inf)
    return middle - reach, middle + reach


def _clipped(tree: Any, limits: Sequence[tuple[np.ndarray, np.ndarray]]) -> Any:
    arrays = [
        np.clip(array, low, high).astype(array.dtype) if array.dtype.kind == "f" else array
        for array, (low, high) in zip(map(np.asarray, keras.tree.flatten(tree)), limits, strict=True)
    ]
    return keras.tree.pack_sequence_as(tree, arrays)
