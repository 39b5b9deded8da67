"""How rules read a curve: without its broken values, its noise apart from its course."""

from __future__ import annotations

import math

import numpy as np

from vandap.core.signals import Series


def finite(series: Series | None) -> np.ndarray:
    """Return the finite values of a curve in order; empty where it was not measured."""
    values = np.zeros(0) if series is None else np.asarray(series.values, dtype=np.float64).ravel()
    return values[np.isfinite(values)]


def minimum(series: Series | None) -> float:
    """Return the lowest finite value of a curve; NaN where there is none."""
    values = finite(series)
    return float(values.min()) if values.size else math.nan


def noise(values: np.ndarray) -> float:
    """Standard deviation of one value around its neighbours, from second differences, which no trend changes."""
    if values.size < 5:
        return 0.0
    return float(np.sqrt(np.mean(np.diff(values, 2) ** 2) / 6))


def smooth(values: np.ndarray, width: int = 3) -> np.ndarray:
    """Running median, shorter than the curve by `width - 1`; a curve that is too short comes back as it is."""
    if width < 2 or values.size < width:
        return values
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(values, width), axis=1))


def means(values: np.ndarray, parts: int) -> np.ndarray:
    """Means of `parts` pieces of a curve, in order."""
    return np.array([piece.mean() for piece in np.array_split(values, parts) if piece.size])
