"""How far numbers are off, and targets that are so far from all others that squares would be about them alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

_FAR, _FEW, _NEARLY_ALL = 30.0, 0.05, 0.9
"""Interquartile ranges from the median beyond which a target is far, the share of rows that are few, and of squares."""


def far_targets(numbers: np.ndarray) -> int:
    """Targets that are few, far, and hold nearly all of the squared deviation, as a slipped decimal point makes; or 0.

    Where most targets are equal (claims, of which most are none) nothing is far: the mean is what is asked for then.
    """
    low, middle, high = np.quantile(numbers, (0.25, 0.5, 0.75))
    squares = np.square(numbers - middle)
    far = squares > (_FAR * (high - low)) ** 2
    is_ruled = high > low and far.mean() <= _FEW and squares[far].sum() > _NEARLY_ALL * squares.sum()
    return int(far.sum()) if is_ruled else 0


def _root_mean_square(errors: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):  # an error that is not finite counts as a crash
        return np.sqrt(np.square(errors).mean(axis=1))


def _mean_size(errors: np.ndarray) -> np.ndarray:
    return np.abs(errors).mean(axis=1)


DISTANCES: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {"rmse": _root_mean_square, "mae": _mean_size}
"""How far the numbers of an example are off, by metric: the metric of these distances is that of all numbers."""
