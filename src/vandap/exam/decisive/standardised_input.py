"""Does the model learn better from standardised inputs?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from vandap.exam.decisive._comparison import Arm, Comparison
from vandap.exam.decisive._scaling import has_scale, inputs, standardised
from vandap.exam.decisive._test import NotPossibleError
from vandap.watch.kept import Batch, Kept


class StandardisedInput(Comparison):
    """Training on inputs with mean 0 and deviation 1 in each feature or channel, beside training on the user's own.

    Mean and deviation come from the training examples. A model that scales its inputs itself does no better with it,
    and is so found healthy. What a model may look up in a table stays as it is.
    """

    cost = 2.0
    retraced = True

    def arms(self, kept: Kept, train: Batch, held_out: Batch, random: np.random.Generator) -> Sequence[Arm]:
        """The user's inputs and the standardised ones."""
        is_amount = partial(has_scale, kept.model)
        if not any(map(is_amount, inputs(train))):
            raise NotPossibleError("The model looks its inputs up in a table; numbers of rows have no scale.")
        return [Arm("real", train, held_out), Arm("standardised", *standardised(train, held_out, is_amount))]
