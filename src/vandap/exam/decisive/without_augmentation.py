"""Does the model learn better without the layers that augment its examples?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vandap.exam.decisive._comparison import Arm, Comparison
from vandap.exam.decisive._quiet import AUGMENTATION, NOISE, without
from vandap.watch.kept import Batch, Kept


class WithoutAugmentation(Comparison):
    """Training without layers that change examples at random, and without noise, beside training with them.

    Both are tested on held-out examples as they are, since such layers rest in inference mode.
    """

    cost = 2.0
    retraced = True

    def arms(self, kept: Kept, train: Batch, held_out: Batch, random: np.random.Generator) -> Sequence[Arm]:
        """The model as it is, and without augmentation."""
        return [Arm("real", train, held_out), Arm("without", train, held_out, change=without(AUGMENTATION, NOISE))]
