"""Whether the examples may be pieces of a time series, whose order is meant: as far as signals tell."""

from __future__ import annotations

import numpy as np

from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.observed import inputs
from vandap.diagnose.reading import number
from vandap.diagnose.watched import fact

STEPS_AND_FEATURES = 3
"""Axes of inputs that are sequences: examples, steps, features."""
FEWEST_COLUMNS = 4
ALIKE = 0.005
"""Share of a column's deviation by which the next one of a window differs at most: all but the ends are the same."""
MOST_COLUMNS = 0.9
"""Share of the columns that are so."""


def may_be_series(
    program: Program | None, input_statistics: Series | None = None, feature_statistics: Series | None = None
) -> bool:
    """Whether an input has steps and features, or columns that are each other's values, a step later.

    Args:
        program: The structure of the training.
        input_statistics: Its axes, where they were observed.
        feature_statistics: Columns of two-dimensional inputs.
    """
    ranks = [number(input_statistics, name, "rank") for name in inputs(input_statistics)]
    if not ranks and program is not None:
        ranks = [float(len(layer.input_shape)) for layer in program.layers[:1]]
    return STEPS_AND_FEATURES in ranks or _are_windows(feature_statistics)


def carries_state(program: Program | None) -> bool:
    """Whether a layer hands a state on from batch to batch, so that the order of the batches is part of the model."""
    return program is not None and any(layer.settings.get("stateful") is True for layer in program.layers)


def _are_windows(feature_statistics: Series | None) -> bool:
    """Whether most columns have the mean and deviation of the next one, and its lowest and highest value."""
    low, high, mean, deviation = (
        fact(feature_statistics, name) for name in ("minimum", "maximum", "mean", "deviation")
    )
    if not low.size == high.size == mean.size == deviation.size >= FEWEST_COLUMNS:
        return False
    moved = np.maximum(np.abs(np.diff(mean)), np.abs(np.diff(deviation)))
    alike = (np.diff(low) == 0) & (np.diff(high) == 0) & (moved <= ALIKE * deviation[1:]) & (deviation[1:] > 0)
    return bool(np.mean(alike) >= MOST_COLUMNS)
