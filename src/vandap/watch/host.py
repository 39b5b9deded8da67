"""The statistics of `statistics.py`, taken by NumPy from tensors in the host's memory.

On a processor this costs no compiling and fewer passes over the numbers than a traced version. All inputs are float32.
"""

from __future__ import annotations

import math

import numpy as np

from vandap.watch.statistics import NEAR

_NAN = math.nan

_ROWS = 64


def activation_statistics(
    values: np.ndarray, bounds: tuple[float, float] | None, axis: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Describe a layer's output; see `statistics.activation_statistics`."""
    if values.ndim < 2:
        values, axis = values.reshape(-1, 1), -1
    clean, count, total = _finite(values)
    rows = np.ascontiguousarray(np.moveaxis(clean, axis, -1)).reshape(-1, clean.shape[axis])
    largest, smallest = _by_unit(rows, np.maximum), _by_unit(rows, np.minimum)
    high, low = largest.max(), smallest.min()
    statistics = (
        *_moments(clean, count, total, max(abs(high), abs(low))),
        max(high, -low),
        1.0 - np.count_nonzero(values) / values.size,
        values.size - count,
        np.mean(largest <= 0.0),
        _saturated(values, bounds),
    )
    return np.array(statistics, np.float32), largest, smallest


def gradient_statistics(values: np.ndarray) -> np.ndarray:
    """Describe a gradient; see `statistics.gradient_statistics`."""
    clean, count, _ = _finite(values)
    size = np.abs(clean)
    largest = size.max(initial=0.0)
    zeros = 1.0 - np.count_nonzero(values) / max(values.size, 1)
    mean = size.sum() / max(count, 1)
    return np.array((_norm(clean, largest), mean, largest, zeros, values.size - count), np.float32)


def weight_statistics(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Describe a variable and what a step changed; see `statistics.weight_statistics`."""
    clean, count, total = _finite(before)
    largest = _largest(clean)
    norm = _norm(clean, largest)
    mean, deviation = _moments(clean, count, total, largest)
    with np.errstate(invalid="ignore", over="ignore"):
        change = after - before
        update = _norm(change, _largest(change))
    ratio = update / norm if norm > 0 else _NAN
    return np.array((norm, mean, deviation, largest, before.size - count, before.size, ratio), np.float32)


def _finite(values: np.ndarray) -> tuple[np.ndarray, int, float]:
    """Values with 0 for what is not finite, how many are finite, and their sum."""
    with np.errstate(invalid="ignore", over="ignore"):
        total = float(values.sum())
    if math.isfinite(total):  # one pass; only where it fails are the entries looked at one by one
        return values, values.size, total
    finite = np.isfinite(values)
    clean = np.where(finite, values, np.float32(0.0))
    return clean, int(np.count_nonzero(finite)), float(clean.sum(dtype=np.float64))


def _by_unit(rows: np.ndarray, extreme: np.ufunc) -> np.ndarray:
    """Extreme of each column; a few long rows first, as NumPy reduces many short rows one by one."""
    whole = rows.shape[0] // _ROWS * _ROWS
    if not whole:
        return extreme.reduce(rows, axis=0)
    folded = extreme.reduce(rows[:whole].reshape(_ROWS, -1), axis=0).reshape(-1, rows.shape[1])
    return extreme.reduce(np.concatenate([extreme.reduce(folded, axis=0, keepdims=True), rows[whole:]]), axis=0)


def _largest(values: np.ndarray) -> float:
    """Largest absolute value; NaN where there is one."""
    return float(max(values.max(initial=0.0), -values.min(initial=0.0)))


def _moments(clean: np.ndarray, count: int, total: float, largest: float) -> tuple[float, float]:
    """Mean and deviation over the finite entries, of which the others are 0 in `clean`."""
    count = max(count, 1)
    mean = total / count
    centred = clean - np.float32(mean)
    squares = _norm(centred, largest + abs(mean)) ** 2 - (clean.size - count) * mean**2
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
