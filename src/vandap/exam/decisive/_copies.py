"""Which examples are copies of each other: rows that were repeated, to balance classes or to lengthen the data.

An example that is trained on tells nothing when it is held out as well. Rows that are alike by chance, as those of a
table of a few flags, are no copies: to such tables, new rows are like known ones by nature.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator

import keras
import numpy as np

from vandap.watch.kept import Batch

COLUMNS = 512
"""Columns that are looked at, spread over all."""
MOSTLY_DIFFERENT = 0.5
"""Share of different inputs from which repeated ones may all be kept together: enough different ones are left."""
BEYOND_CHANCE = 2.0
"""Bits of an input, for each bit at which two of so many would be alike by chance, from which repeated ones are copies:
the columns are added up as if none depended on another."""


def copies(data: Batch) -> np.ndarray:
    """Number the inputs: copies have one number.

    Args:
        data: Examples.

    Returns:
        For each example the number of the first that it is a copy of, its own where there is none: (examples,).
    """
    numbers, own = same_inputs(data), np.arange(data.examples)
    first = np.flatnonzero(numbers == own)
    if len(first) >= MOSTLY_DIFFERENT * data.examples:
        return numbers
    by_chance = math.log2(data.examples * (data.examples - 1) / 2)  # the birthday bound
    return numbers if _bits(data.take(first)) > BEYOND_CHANCE * by_chance else own


def same_inputs(data: Batch) -> np.ndarray:
    """For each example the number of the first with the same input, all inputs taken together: (examples,)."""
    arrays = _arrays(data)
    first: dict[bytes, int] = {}
    return np.array([first.setdefault(_digest(arrays, row), row) for row in range(data.examples)], dtype=np.intp)


def _digest(arrays: list[np.ndarray], row: int) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for array in arrays:
        digest.update(array[row].tobytes())
    return digest.digest()


def _arrays(data: Batch) -> list[np.ndarray]:
    """The inputs; objects, such as strings, as text."""
    arrays = [np.asarray(array) for array in keras.tree.flatten(data.x)]
    return [array.astype(str) if array.dtype.kind == "O" else array for array in arrays]


def _bits(data: Batch) -> float:
    """Shannon information of one input, its columns taken as independent."""
    return sum(_entropy(column) for column in _columns(data))


def _columns(data: Batch) -> Iterator[np.ndarray]:
    arrays = [array.reshape(data.examples, -1) for array in _arrays(data)]
    places = [(array, column) for array in arrays for column in range(array.shape[1])]
    for place in np.unique(np.linspace(0, len(places) - 1, min(len(places), COLUMNS)).astype(int)):
        array, column = places[place]
        yield array[:, column]


def _entropy(column: np.ndarray) -> float:
    _, counts = np.unique(column, return_counts=True)
    shares = counts / counts.sum()
    return float(-(shares * np.log2(shares)).sum())
