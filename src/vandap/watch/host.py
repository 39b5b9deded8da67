"""The statistics of `statistics.py`, taken by NumPy from tensors in the host's memory.

On a processor this costs no compiling and fewer passes over the numbers than a traced version. All inputs are float32.
"""

from __future__ import annotations

import math

import numpy as np

from vandap.watch.statistics import NEAR

_NAN = math.nan


def activation_statistics(
    values: np.ndarray, bounds: tuple[float, float] | None, axis: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Describe a layer's output; see `statistics.activation_statistics`."""
    if values.ndim < 2:
        values, axis = values.reshape(-1, 1), -1
    clean, count = _finite(values)
    rows = np.moveaxis(clean, axis, -1).reshape(-1, clean.shape[axis])
    largest, smallest = rows.max(axis=0), rows.min(axis=0)
    mean, deviation = _moments(clean, count)
    statistics = (
        mean,
        deviation,
        max(largest.max(), -smallest.min()),
        1.0 - np.count_nonzero(values) / values.size,
        values.size - count,
        np.mean(largest <= 0.0),
        _saturated(values, bounds),
    )
    return np.array(statistics, np.float32), largest, smallest


def gradient_statistics(values: np.ndarray) -> np.ndarray:
    """Describe a gradient; see `statistics.gradient_statistics`."""
    clean, count = _finite(values)
    size = np.abs(clean)
    largest = size.max(initial=0.0)
    zeros = 1.0 - np.count_nonzero(values) / max(values.size, 1)
    mean = size.sum(dtype=np.float64) / max(count, 1)
    return np.array((_norm(clean, largest), mean, largest, zeros, values.size - count), np.float32)


def weight_statistics(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Describe a variable and what a step changed; see `statistics.weight_statistics`."""
    clean, count = _finite(before)
    largest = np.abs(clean).max(initial=0.0)
    norm = _norm(clean, largest)
    mean, deviation = _moments(clean, count)
    with np.errstate(invalid="ignore", over="ignore"):
        change = after - before
    with np.errstate(invalid="ignore"):
        update = _norm(change, np.abs(change).max(initial=0.0))
    ratio = update / norm if norm > 0 else _NAN
    return np.array((norm, mean, deviation, largest, before.size - count, before.size, ratio), np.float32)


def _finite(values: np.ndarray) -> tuple[np.ndarray, int]:
    """Values with 0 for what is not finite, and how many are finite."""
    with np.errstate(invalid="ignore", over="ignore"):
        if np.isfinite(values.sum()):  # one pass; only where it fails are the entries looked at one by one
            return values, values.size
    finite = np.isfinite(values)
    return np.where(finite, values, np.float32(0.0)), int(np.count_nonzero(finite))


def _moments(clean: np.ndarray, count: int) -> tuple[float, float]:
    """Mean and deviation over the finite entries, of which the others are 0 in `clean`."""
    count = max(count, 1)
    mean = float(clean.sum(dtype=np.float64)) / count
    centred = (clean - np.float32(mean)).ravel()
    squares = float(_norm(centred, np.abs(centred).max(initial=0.0))) ** 2 - (clean.size - count) * mean**2
    return mean, math.sqrt(max(squares, 0.0) / count)


def _norm(values: np.ndarray, largest: float) -> float:
    """Euclidean norm; scaled where the squares of large or tiny entries leave float32."""
    flat = values.ravel()
    if 1e-15 < largest < 1e15 or largest == 0 or not math.isfinite(largest):
        return math.sqrt(float(np.dot(flat, flat)))
    flat = flat / np.float32(largest)
    return float(largest) * math.sqrt(float(np.dot(flat, flat)))


def _saturated(values: np.ndarray, bounds: tuple[float, float] | None) -> float:
    if bounds is None:
        return _NAN
    low, high = bounds
    return float(np.count_nonzero((values < low + NEAR) | (values > high - NEAR))) / values.size
