"""Is another learning rate better?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vandap.exam.decisive._comparison import Arm, Comparison
from vandap.watch.kept import Batch, Kept

FACTORS = {"x1": 1.0, "x0.01": 0.01, "x0.1": 0.1, "x10": 10.0, "x100": 100.0}


class LearningRate(Comparison):
    """Short trainings from scratch at multiples of the user's learning rate.

    From scratch, because a lower rate from a late checkpoint nearly always looks better at first. A short training
    favours high rates: what it says of a longer one is the smaller, the smaller its `share` of the user's steps is.
    """

    cost = 5.0
    takes_best = True

    def arms(self, kept: Kept, train: Batch, held_out: Batch, random: np.random.Generator) -> Sequence[Arm]:
        """One arm a factor; a schedule keeps its shape."""
        return [Arm(name, train, held_out, factor) for name, factor in FACTORS.items()]
