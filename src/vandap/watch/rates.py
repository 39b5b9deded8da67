"""Learning rates of steps, read without asking the device or a schedule at every one of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

from vandap.watch.targets import innermost

EVERY = 8
"""Steps for which one reading holds."""

_DENSE = 16
"""First steps of a schedule that are each asked for: a warm-up moves fast there."""


def rate_variable(optimizer: Any) -> Any:
    """The variable that holds an optimiser's learning rate; None where a schedule tells it."""
    rate = _rate(optimizer)
    return rate if isinstance(rate, keras.Variable) else None


class ScheduledRates:
    """Tells the learning rates of steps from an optimiser's schedule.

    Args:
        schedule: The schedule.
    """

    def __init__(self, schedule: Callable[[Any], Any]) -> None:
        self.first_iteration = 0
        self._schedule = schedule
        self._asked = -1
        self._rate = math.nan

    def __call__(self, steps: Sequence[int]) -> list[float]:
        """Return the rate of each step; a schedule is some ten operations, so that one answer serves `EVERY` steps."""
        return [self._at(step) for step in steps]

    def _at(self, step: int) -> float:
        asked = self.first_iteration + (step if step < _DENSE else step - step % EVERY)
        if asked != self._asked:
            iteration = ops.convert_to_tensor(asked, "int32")
            self._asked, self._rate = asked, float(ops.convert_to_numpy(self._schedule(iteration)))
        return self._rate


def scheduled_rates(optimizer: Any) -> ScheduledRates | None:
    """The learning rates that an optimiser's schedule tells; None where it has none."""
    rate = _rate(optimizer)
    return ScheduledRates(rate) if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule) else None


def _rate(optimizer: Any) -> Any:
    return getattr(innermost(optimizer), "_learning_rate", None) if optimizer is not None else None
