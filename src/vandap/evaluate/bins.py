"""Equal-mass bins of stated probabilities, on which calibration is measured."""

from __future__ import annotations

import numpy as np

from vandap.core.rows import blocks, count_codes, picked

BINS = 15
"""As in Guo et al. 2017, "On calibration of modern neural networks"."""

ROWS_PER_BIN = 20
"""Fewer rows make a frequency too coarse to compare: its standard error at 20 rows and one half is 0.11."""


def confidence(target: np.ndarray, prediction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the stated probability of each example's event, and whether the event happened (0.0 or 1.0).

    Two classes: the event is class 1. More: the event is that the most probable class is right.
    """
    if prediction.shape[1] == 2:
        return prediction[:, 1], (target == 1).astype(float)
    labels = np.argmax(prediction, axis=1)
    return prediction[np.arange(len(target)), labels], (labels == target).astype(float)


def bins(stated: np.ndarray) -> np.ndarray:
    """Return the bin of each example, shape `(n,)`: equal mass, equal probabilities in one bin, no bin empty."""
    count = max(1, min(BINS, len(stated) // ROWS_PER_BIN))
    edges = np.unique(np.quantile(stated, np.arange(1, count) / count))
    codes = np.empty(len(stated), np.int8)
    for block in blocks(len(stated)):
        codes[block] = np.searchsorted(edges, stated[block], side="left")
    numbers = np.cumsum(count_codes(codes, BINS) > 0) - 1
    return picked(numbers.astype(np.int8), codes)


def calibration_error(stated: np.ndarray, hit: np.ndarray) -> float:
    """Return the mass-weighted mean distance between the bins' mean probability and frequency."""
    gaps = np.bincount(bins(stated), weights=stated - hit)
    return float(np.abs(gaps).sum() / len(stated))
