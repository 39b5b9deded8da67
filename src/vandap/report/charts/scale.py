"""Axes: from numbers to positions, with ticks at round numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vandap.report import format as written

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_UNITS = ((1e9, 9, "G"), (1e6, 6, "M"), (1e4, 3, "k"))
"""From which size on an axis counts in which unit: the size, the power of ten, its letter."""


@dataclass(frozen=True)
class Scale:
    """One axis.

    Args:
        low: Value at `start`.
        high: Value at `end`.
        start: Position of `low` in the drawing.
        end: Position of `high` in the drawing.
        log: Whether positions follow the logarithm.
        ticks: Values that get a label.
        labels: The labels.
    """

    low: float
    high: float
    start: float
    end: float
    log: bool
    ticks: tuple[float, ...]
    labels: tuple[str, ...]

    def __call__(self, values: np.ndarray | float) -> np.ndarray:
        """Return the positions of values; what a logarithmic axis cannot show is NaN."""
        values = np.asarray(values, float)
        low, high = self.low, self.high
        if self.log:
            values = np.log10(np.where(values > 0, values, np.nan))
            low, high = math.log10(low), math.log10(high)
        return self.start + (values - low) / (high - low) * (self.end - self.start)


def linear(low: float, high: float, start: float, end: float, *, target: int = 5, whole: bool = False) -> Scale:
    """Make a linear axis that covers `low` to `high`, widened to round numbers.

    Args:
        low: Smallest value to show.
        high: Largest value to show.
        start: Position of the lower end.
        end: Position of the upper end.
        target: About how many steps between ticks are wanted.
        whole: No ticks between whole numbers, and no widening.
    """
    low, high = _apart(low, high)
    step = max(1.0, nice_step((high - low) / target)) if whole else nice_step((high - low) / target)
    if not whole:
        low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    first = math.ceil(low / step - 1e-9)
    ticks = tuple(index * step for index in range(first, math.floor(high / step + 1e-9) + 1))
    return Scale(low, high, start, end, False, ticks, labels_for(ticks, step))


def logarithmic(low: float, high: float, start: float, end: float) -> Scale:
    """Make a logarithmic axis over the positive values `low` to `high`."""
    low, high = (low / 2, high * 2) if high <= low else (low, high)
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    if last - first > 2:
        every = math.ceil((last - first) / 6)
        ticks = tuple(10.0**power for power in range(first, last + 1, every))
        return Scale(10.0**first, 10.0**last, start, end, True, ticks, _powers(ticks))
    every_tick = [mantissa * 10.0**power for power in range(first, last + 1) for mantissa in (1, 2, 5)]
    ticks = tuple(tick for tick in every_tick if low * 0.999 <= tick <= high * 1.001)
    return Scale(low, high, start, end, True, ticks, tuple(written.number(tick, 2) for tick in ticks))


def nice_step(rough: float) -> float:
    """Return the smallest round step (1, 2, 2.5 or 5 times a power of ten) not below `rough`."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in _STEPS if step * power >= rough * (1 - 1e-9))


def labels_for(ticks: tuple[float, ...], step: float) -> tuple[str, ...]:
    """Write ticks with just the decimals their step needs, in thousands or millions when they are large."""
    largest = max((abs(tick) for tick in ticks), default=0.0)
    exponent, letter = next(((power, unit) for size, power, unit in _UNITS if largest >= size), (0, ""))
    scaled = step / 10**exponent
    if scaled < 1e-4 or largest >= 1e13:
        return tuple(written.number(tick, 2) for tick in ticks)
    decimals = next(count for count in range(7) if math.isclose(round(scaled, count), scaled, rel_tol=1e-6))
    return tuple(written.fixed(tick / 10**exponent, decimals) + letter if tick or not letter else "0" for tick in ticks)


def extent(*arrays: np.ndarray, positive: bool = False) -> tuple[float, float]:
    """Return the smallest and the largest finite number (above 0 if `positive`); (0, 1) if there is none."""
    together = np.concatenate([np.asarray(array, float).ravel() for array in arrays]) if arrays else np.zeros(0)
    kept = together[np.isfinite(together) & ((together > 0) | (not positive))]
    return (float(kept.min()), float(kept.max())) if kept.size else ((1.0, 10.0) if positive else (0.0, 1.0))


def near(value: float, low: float, high: float, *, log: bool) -> bool:
    """Return whether a value lies so near to a range that an axis over both still shows the range."""
    if log:
        return value > 0 and low / 1e6 <= value <= high * 1e6
    room = 8 * (max(high, 0.0) - min(low, 0.0))
    return math.isfinite(value) and low - room <= value <= high + room


def _apart(low: float, high: float) -> tuple[float, float]:
    if high - low > 1e-9 * max(abs(low), abs(high), 1e-300):
        return low, high
    room = abs(low) * 0.1 or 1.0
    return low - room, high + room


def _powers(ticks: tuple[float, ...]) -> tuple[str, ...]:
    exponents = [round(math.log10(tick)) for tick in ticks]
    if max(map(abs, exponents)) <= 3:
        return tuple(f"{tick:g}" for tick in ticks)
    return tuple(f"10{written.power_of(exponent)}" if exponent else "1" for exponent in exponents)
