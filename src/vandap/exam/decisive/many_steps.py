"""Does a model that has hardly begun learn when it is trained for far longer?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vandap.exam.decisive._comparison import Arm, Comparison
from vandap.watch.kept import Batch, Kept

LONGER = 25.0
"""Times the steps of the training, where five times as many are few as well."""


class ManySteps(Comparison):
    """Twenty-five times the steps of the user's training, beside as many as it made.

    For trainings of some dozen steps, of which nothing can be said but that they have not begun.
    """

    cost = 26.0

    def arms(self, kept: Kept, train: Batch, held_out: Batch, random: np.random.Generator) -> Sequence[Arm]:
        """As many steps as were watched, and twenty-five times as many."""
        return [Arm("x1", train, held_out), Arm("x25", train, held_out, length=LONGER)]
