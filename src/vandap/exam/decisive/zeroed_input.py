"""Does the model use its input?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vandap.exam.decisive._comparison import Arm, Comparison
from vandap.watch.kept import Batch, Kept


class ZeroedInput(Comparison):
    """Training on inputs that say nothing, beside training on the real ones: a model that learns must do better.

    Inputs of whole numbers may be tokens, where zero can mean "masked"; there, every example gets the input of the
    first one instead.
    """

    cost = 3.0
    validates = False  # no arm is to win
    needs = (*Comparison.needs, "targets")

    def arms(self, kept: Kept, train: Batch, held_out: Batch, random: np.random.Generator) -> Sequence[Arm]:
        """The real inputs, none, and those of other examples."""
        permuted = train.take(random.permutation(train.examples))
        return [
            Arm("real", train, held_out),
            Arm("zeroed", _without_input(train, train), _without_input(held_out, train)),
            Arm("shuffled", Batch(permuted.x, train.y, train.w), held_out),
        ]


def _without_input(data: Batch, first: Batch) -> Batch:
    """The same targets; the inputs of every example are zero, or those of one example."""
    rows = np.zeros(data.examples, dtype=np.intp)
    constant = Batch(first.x).take(rows).map(lambda array: array * 0 if array.dtype.kind == "f" else array)
    return Batch(constant.x, data.y, data.w)
