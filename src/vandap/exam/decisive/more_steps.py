"""Does the model learn much more when it is trained for longer?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vandap.exam.decisive._comparison import Arm, Comparison
from vandap.watch.kept import Batch, Kept

LONGER = 5.0
"""Times the steps of the training: fewer gain little on a curve that levels off, more take too long."""


class MoreSteps(Comparison):
    """Five times the steps of the user's training, beside as many as it made.

    Every training gains from more steps; how much of what there is to learn, tells whether it ended too early.
    """

    cost = 6.0

    def arms(self, kept: Kept, train: Batch, held_out: Batch, random: np.random.Generator) -> Sequence[Arm]:
        """As many steps as were watched, and five times as many."""
        return [Arm("x1", train, held_out), Arm("x5", train, held_out, length=LONGER)]
