"""Does the model learn better when the zeros behind a sequence stand before it?"""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
from numpy.typing import ArrayLike

from vandap.exam.decisive._comparison import Arm, Comparison
from vandap.exam.decisive._scaling import inputs
from vandap.exam.decisive._test import NotPossibleError
from vandap.watch.kept import Batch, Kept
from vandap.watch.observe import ends


class PaddingInFront(Comparison):
    """Training on sequences that end with their last value, beside training on those that end with zeros.

    Each sequence is turned by as many steps as it has zeros at its end: the same values in the same order. A network
    that masks zeros or reads all steps alike learns no better from that.
    """

    cost = 2.0

    def arms(self, kept: Kept, train: Batch, held_out: Batch, random: np.random.Generator) -> Sequence[Arm]:
        """The sequences as they are, and turned."""
        if not any(array.ndim in (2, 3) and ends(array)[1].any() for array in inputs(train)):
            raise NotPossibleError("No sequence ends with zeros.")
        turned, turned_held_out = (
            Batch(keras.tree.map_structure(_turned, part.x), part.y, part.w) for part in (train, held_out)
        )
        return [Arm("real", train, held_out), Arm("turned", turned, turned_held_out)]


def _turned(given: ArrayLike) -> np.ndarray:
    """Sequences without zeros at their end; other arrays as they are."""
    array = np.asarray(given)
    if array.ndim not in (2, 3):
        return array
    steps = array.shape[1]
    places = (np.arange(steps) - ends(array)[1][:, None]) % steps
    return np.take_along_axis(array, places.reshape(places.shape + (1,) * (array.ndim - 2)), axis=1)
