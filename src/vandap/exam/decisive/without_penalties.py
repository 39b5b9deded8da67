"""Does the model learn better without penalties on its weights?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vandap.exam.decisive._comparison import Arm, Comparison
from vandap.exam.decisive._quiet import PENALTIES, without
from vandap.watch.kept import Batch, Kept


class WithoutPenalties(Comparison):
    """Training without penalties of weights and activities and without weight decay, beside training with them.

    Held-out losses leave penalties out, so that both arms are measured alike. Losses on training examples are what the
    step reports: that of the first arm holds its penalty.
    """

    cost = 2.0
    retraced = True

    def arms(self, kept: Kept, train: Batch, held_out: Batch, random: np.random.Generator) -> Sequence[Arm]:
        """The model as it is, and without penalties."""
        return [Arm("real", train, held_out), Arm("without", train, held_out, change=without(PENALTIES))]
