"""Functions that make inputs fit to be computed with."""

from __future__ import annotations

STANDARDISE = "standardise"
"""Name of the layer that standardises inputs, by which it is found again to be adapted."""


def filled(first, *others):
    """Return the arrays with the medians of the first one's columns where a value is missing or infinite."""
    import numpy as np

    first = np.asarray(first, dtype="float32")
    known = np.where(np.isfinite(first), first, np.nan)
    known[:, np.isnan(known).all(axis=0)] = 0
    median = np.nanmedian(known, axis=0)
    return [np.where(np.isfinite(array), array, median) for array in (first, *others)]


def standardised(x):
    """Return the array with mean zero and deviation one in each column."""
    import numpy as np

    x = np.asarray(x, dtype="float64")
    rows = tuple(range(x.ndim - 1))
    spread = np.nanstd(x, axis=rows)
    return ((x - np.nanmean(x, axis=rows)) / np.where(spread > 0, spread, 1)).astype("float32")


def from_0_to_1(x):
    """Return pixels from 0 to 255 divided by 255; those that are so already, as they are."""
    import numpy as np

    x = np.asarray(x, dtype="float32")
    return x / 255 if x.max() > 1 else x


def clipped(x):
    """Return the array with each column cut to its values from one per cent to 99 per cent."""
    import numpy as np

    x = np.asarray(x, dtype="float32")
    return np.clip(x, *np.quantile(x, (0.01, 0.99), axis=0))


def selected(x, y):
    """Return the array, with features that tell nothing about the targets so far spread that standardised they vanish.

    A feature tells something where trees always find it of more use than the best of as many shuffled ones (shadow
    features: Kursa and Rudnicki 2010). Where none does, all stay.
    """
    import numpy as np
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    x, y = np.array(x, dtype="float32"), np.asarray(y)
    classes = y.dtype.kind not in "f" or ((y == np.round(y)).all() and len(np.unique(y)) <= 100)
    labels = y.argmax(axis=-1) if classes and y.ndim > 1 and y.shape[-1] > 1 else y.reshape(len(y), -1).squeeze()
    kind, told = RandomForestClassifier if classes else RandomForestRegressor, np.ones(x.shape[1], bool)
    for number in range(5):
        rows = np.random.permutation(len(x))[:5000]
        shadows = np.stack([np.random.permutation(column) for column in x[rows].T], axis=1)
        forest = kind(100, min_samples_leaf=3, random_state=number).fit(np.hstack([x[rows], shadows]), labels[rows])
        told &= forest.feature_importances_[: x.shape[1]] > forest.feature_importances_[x.shape[1] :].max()
    if told.any():
        x[:, ~told] = np.where(np.arange(len(x)) % 2, 1e15, -1e15)[:, None]
    return x
