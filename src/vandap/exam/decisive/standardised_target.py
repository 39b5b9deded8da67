"""Does the model learn better when the numbers that it predicts are standardised?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from vandap.exam.decisive._comparison import Arm, Comparison
from vandap.exam.decisive._scaling import has_scale, inputs, standardised
from vandap.exam.decisive._test import NotPossibleError
from vandap.watch.compiled import describe_compile
from vandap.watch.kept import Batch, Kept
from vandap.watch.sites import Sites

POWERS = {"MeanSquaredError": 2, "MeanAbsoluteError": 1}
"""Losses that grow with a power of the targets' unit: on standardised targets they can be put back into it."""


class StandardisedTarget(Comparison):
    """Training on targets with mean 0 and deviation 1, beside training on the user's own.

    A third arm has inputs of mean 0 and deviation 1 as well: where both are far off, neither alone helps. The losses of
    the second and third are put back into the user's unit, so that all arms are measured alike.
    """

    cost = 3.0
    takes_best = True
    retraced = True
    needs = (*Comparison.needs, "targets")

    def arms(self, kept: Kept, train: Batch, held_out: Batch, random: np.random.Generator) -> Sequence[Arm]:
        """The user's targets, the standardised ones, and these with standardised inputs."""
        power = _power(kept.model)
        values = np.asarray(train.y, dtype=np.float64)
        mean, deviation = float(values.mean()), float(values.std())
        if not (np.isfinite(mean) and deviation > 0):
            raise NotPossibleError("The targets have no finite spread.")
        scaled, scaled_held_out = (
            Batch(part.x, ((np.asarray(part.y) - mean) / deviation).astype(np.float32), part.w)
            for part in (train, held_out)
        )
        arms = [Arm("real", train, held_out), Arm("standardised", scaled, scaled_held_out, unit=deviation**power)]
        is_amount = partial(has_scale, kept.model)
        if any(map(is_amount, inputs(train))):
            arms.append(Arm("both", *standardised(scaled, scaled_held_out, is_amount), unit=deviation**power))
        return arms


def _power(model: Any) -> int:
    losses = describe_compile(model, (), Sites()).losses
    if len(losses) != 1 or len(model.outputs or [None]) > 1:
        raise NotPossibleError("The model has several outputs or losses, each with a scale of its own.")
    if losses[0].kind not in POWERS:
        raise NotPossibleError(f"The loss {losses[0].kind} has no fixed power of the targets' unit.")
    return POWERS[losses[0].kind]
