"""Records loss, time and learning rate of steps, without waiting for the device in any of them."""

from __future__ import annotations

import math
import statistics
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from vandap.watch.facts import StepFacts
from vandap.watch.schedule import record_stride

_HELD = 96
"""Steps held back before the oldest are converted: by then the device has computed them, so nobody waits."""

_KEPT = 32


class _Held(NamedTuple):
    step: int
    mean: Any
    previous: Any
    seen: float
    weight: float
    seconds: float
    wait: float
    rate: float


class StepRecorder:
    """Turns what a train step logs into facts of single steps.

    Keras logs the running mean of the loss since the epoch began. The loss of one step is what the mean times the
    weight seen gained: `mean * (seen + weight) - previous * seen`, over `weight`.

    Args:
        on_step: Called with each recorded step, some steps later.

    Attributes:
        read: Makes a number of a logged loss, which a back end may do faster than Python.
    """

    def __init__(self, on_step: Callable[[StepFacts], None]) -> None:
        self.read: Callable[[Any], float] = float
        self.is_running_mean = True
        self.rates: Callable[[list[int]], list[float]] | None = None
        self.next = 0
        self.seconds = 0.0
        self.on_step = on_step
        self._held: list[_Held] = []
        self._recent: deque[float] = deque(maxlen=64)
        self._last_read: tuple[Any, float] = (None, math.nan)
        self.new_epoch()

    def new_epoch(self) -> None:
        """The running means start again, and the time since the last step was not the next one's."""
        self.is_first = True
        self._previous: Any = None
        self._seen = 0.0
        self._end = 0.0

    def gap(self, start: float) -> float:
        """Seconds between the last step of this epoch and `start`; 0 at an epoch's first."""
        return 0.0 if self.is_first else start - self._end

    def record(
        self, step: int, mean: Any, weight: float, start: float, wait: float, rate: float, extra: float = 0.0
    ) -> None:
        """Take down one step that ends now.

        Args:
            step: Its number.
            mean: The logged loss: a tensor that may not be computed yet, or None.
            weight: Weight of the step in the running mean.
            start: Clock at its start.
            wait: Seconds it waited for data.
            rate: Learning rate.
            extra: Seconds that a probe took in it.
        """
        now = time.perf_counter()
        seconds = now - (start if self.is_first else self._end)
        if extra:
            seconds = max(seconds - extra, 0.0)
        else:
            self._recent.append(seconds)
        # The very first step compiles, which says nothing about what steps cost.
        self.seconds += seconds if step else 0.0
        if step >= self.next:
            self._held.append(_Held(step, mean, self._previous, self._seen, weight, seconds, wait, rate))
            self.next = step + record_stride(step)
            if len(self._held) > _HELD:
                self.flush(_KEPT)
        self._previous, self.is_first = mean, False
        self._seen += weight if self.is_running_mean else 0.0
        self._end = time.perf_counter()

    def continue_from(self, other: StepRecorder) -> None:
        """Take over what another recorder of the same training knows of its steps."""
        self.is_running_mean, self.read = other.is_running_mean, other.read
        self._recent = other._recent

    def typical_seconds(self) -> float:
        """Seconds of a usual step without a probe; NaN before there was one."""
        return statistics.median(self._recent) if self._recent else math.nan

    def flush(self, keep: int = 0) -> None:
        """Hand on what is held, but for the `keep` newest steps."""
        ready = self._held[: len(self._held) - keep]
        self._held = self._held[len(ready) :]
        rates = [held.rate for held in ready]
        if self.rates is not None and ready:
            rates = self.rates([held.step for held in ready])
        for held, rate in zip(ready, rates, strict=True):
            self.on_step(StepFacts(held.step, self._loss(held), held.seconds, held.wait, rate))

    def _loss(self, held: _Held) -> float | None:
        if held.mean is None:
            return None
        if held.previous is None or not held.seen:
            return self._number(held.mean)
        previous = self._number(held.previous)
        mean = self._number(held.mean)
        return mean + (mean - previous) * held.seen / held.weight

    def _number(self, value: Any) -> float:
        """The number that a tensor holds; the mean after one step is the previous one of the next."""
        if value is not self._last_read[0]:
            self._last_read = value, self.read(value)
        return self._last_read[1]


def loss_name(logs: Any) -> str:
    """Name of the loss among a step's logs; "" where there is none, or several of which none is the training's."""
    if not isinstance(logs, Mapping):
        return ""
    named = [name for name in logs if "loss" in name]
    return "loss" if "loss" in named else named[0] if len(named) == 1 else ""
