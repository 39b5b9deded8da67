"""Do the labels say anything about the inputs that this model can learn?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vandap.exam.decisive._comparison import Arm, Comparison
from vandap.watch.kept import Batch, Kept


class ShuffledLabels(Comparison):
    """Training with permuted labels, which have nothing to do with the inputs, beside training with the real ones.

    Weights of examples go with their labels. Both are tested on held-out examples with their real labels.
    """

    cost = 2.0
    validates = False  # no arm is to win
    needs = (*Comparison.needs, "targets")

    def arms(self, kept: Kept, train: Batch, held_out: Batch, random: np.random.Generator) -> Sequence[Arm]:
        """The real labels and a permutation of them."""
        permuted = train.take(random.permutation(train.examples))
        return [Arm("real", train, held_out), Arm("shuffled", Batch(train.x, permuted.y, permuted.w), held_out)]
