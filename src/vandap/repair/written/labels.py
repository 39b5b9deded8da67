"""Functions that make labels fit to be computed with."""

from __future__ import annotations


def numbered(first, *others):
    """Return text labels as numbers from 0, in the order of their names."""
    import numpy as np

    given = [np.ravel(labels) for labels in (first, *others)]
    names = np.unique(np.concatenate(given))
    return [np.searchsorted(names, labels) for labels in given]
