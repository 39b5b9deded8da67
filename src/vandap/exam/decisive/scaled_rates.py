"""Is another learning rate better once the inputs are standardised?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from vandap.exam.decisive._comparison import Arm
from vandap.exam.decisive.standardised_input import StandardisedInput
from vandap.watch.kept import Batch, Kept

FACTORS = {"x1": 1.0, "x0.0001": 1e-4, "x0.01": 1e-2, "x100": 1e2, "x10000": 1e4}
"""Far apart: standardised inputs are content with a rate that is tenfold off."""


class ScaledRates(StandardisedInput):
    """Short trainings from scratch on standardised inputs at multiples of the user's learning rate.

    Two faults can hide each other: on raw inputs no rate learns, and at the user's rate standardised inputs do not
    learn either. Both are changed at once here, and compared with the change of the inputs alone.
    """

    cost = 5.0
    takes_best = True

    def arms(self, kept: Kept, train: Batch, held_out: Batch, random: np.random.Generator) -> Sequence[Arm]:
        """One arm a factor, all on standardised inputs."""
        _, scaled = super().arms(kept, train, held_out, random)
        return [replace(scaled, name=name, rate=factor) for name, factor in FACTORS.items()]
