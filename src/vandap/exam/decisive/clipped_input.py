"""Does the model learn better when single values far outside of all others are cut?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import keras
import numpy as np

from vandap.exam.decisive._comparison import Arm, Comparison
from vandap.exam.decisive._scaling import axes_of_examples, before_normalisation, inputs, is_fractional, standardised
from vandap.exam.decisive._test import NotPossibleError
from vandap.watch.kept import Batch, Kept

FARTHEST = 10.0
"""Robust deviations (interquartile range / 1.349) from the median at which values are cut."""
_NORMAL_RANGE = 1.349
"""Interquartile range of a normal distribution of deviation 1."""
Limits: TypeAlias = tuple[np.ndarray, np.ndarray]


class ClippedInput(Comparison):
    """Training on standardised inputs whose far outliers were cut first, beside training on standardised inputs.

    Median, quartiles, mean and deviation come from the training examples. Both arms are standardised, because outliers
    rule the deviation that inputs are scaled with, also where a Normalization layer does it: only what is cut differs.
    Both are tested on the held-out examples without far values, which are most, so that neither the ease of the cut
    ones nor a huge loss of one of them decides.
    Columns of which more than half hold one value keep theirs: in flags and counts nothing is far.
    """

    cost = 2.0

    def arms(self, kept: Kept, train: Batch, held_out: Batch, random: np.random.Generator) -> Sequence[Arm]:
        """The inputs as they are and the clipped ones, both standardised."""
        arrays = inputs(train)
        if not any(map(is_fractional, arrays)):
            raise NotPossibleError("The inputs are whole numbers, which may stand for words.")
        limits = [_limits(array) for array in arrays]
        ordinary = held_out.take(_ordinary(held_out, limits))
        if ordinary.examples < held_out.examples / 2:
            raise NotPossibleError("Most held-out examples have a value far from all others.")
        cut, cut_ordinary = (Batch(_clipped(part.x, limits), part.y, part.w) for part in (train, ordinary))
        pairs = {"real": (train, ordinary), "clipped": (cut, cut_ordinary)}
        return [Arm(name, *_scaled(kept.model, *pair)) for name, pair in pairs.items()]


def _scaled(model: Any, train: Batch, held_out: Batch) -> tuple[Batch, Batch]:
    first, second = standardised(train, held_out, is_fractional)
    return before_normalisation(model, first), before_normalisation(model, second)


def _limits(array: np.ndarray) -> Limits:
    """Lowest and highest value to keep, for each feature or channel."""
    axes = axes_of_examples(array)
    low, middle, high = (np.quantile(array.astype(np.float64), share, axis=axes) for share in (0.25, 0.5, 0.75))
    reach = np.where(high > low, FARTHEST * (high - low) / _NORMAL_RANGE, np.inf)
    return middle - reach, middle + reach


def _ordinary(data: Batch, limits: Sequence[Limits]) -> np.ndarray:
    """Numbers of the examples that no limit cuts."""
    kept = np.ones(data.examples, dtype=bool)
    for array, (low, high) in zip(map(np.asarray, keras.tree.flatten(data.x)), limits, strict=True):
        if is_fractional(array):
            within = (array >= low) & (array <= high)
            kept &= within.reshape(data.examples, -1).all(axis=1)
    return np.flatnonzero(kept)


def _clipped(tree: Any, limits: Sequence[Limits]) -> Any:
    arrays = [
        np.clip(array, low, high).astype(array.dtype) if is_fractional(array) else array
        for array, (low, high) in zip(map(np.asarray, keras.tree.flatten(tree)), limits, strict=True)
    ]
    return keras.tree.pack_sequence_as(tree, arrays)
