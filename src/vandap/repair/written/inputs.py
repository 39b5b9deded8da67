"""Functions that make inputs fit to be computed with."""

from __future__ import annotations


def filled(first, *others):
    """Return the arrays with the medians of the first one's columns where a value is missing or infinite."""
    import numpy as np

    first = np.asarray(first, dtype="float32")
    known = np.where(np.isfinite(first), first, np.nan)
    known[:, np.isnan(known).all(axis=0)] = 0
    median = np.nanmedian(known, axis=0)
    return [np.where(np.isfinite(array), array, median) for array in (first, *others)]


def clipped(x):
    """Return the array with each column cut to its values from one per cent to 99 per cent."""
    import numpy as np

    return np.clip(x, *np.quantile(np.asarray(x, dtype="float32"), (0.01, 0.99), axis=0))
