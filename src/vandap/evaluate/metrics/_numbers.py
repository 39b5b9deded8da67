"""What measures of numbers share."""

from __future__ import annotations

import numpy as np

_SMALLEST = 1e-150
"""The square of a smaller difference is not a normal float64."""


def varies(target: np.ndarray) -> bool:
    """Whether the targets differ by more than the arithmetic can square."""
    return float(np.ptp(target)) > _SMALLEST
