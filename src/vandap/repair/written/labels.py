"""Functions that make labels and targets fit to be computed with."""

from __future__ import annotations


def numbered(first, *others):
    """Return text labels as numbers from 0, in the order of their names."""
    import numpy as np

    given = [np.ravel(labels) for labels in (first, *others)]
    names = np.unique(np.concatenate(given))
    return [np.searchsorted(names, labels) for labels in given]


def as_column(*targets):
    """Return targets of one number each as columns, so that an answer of one unit meets its own target only."""
    import numpy as np

    return [np.reshape(values, (-1, 1)) for values in targets]
