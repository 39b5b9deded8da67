"""How examples are divided into those to train on and those held out.

Copies of an example are on one side of each division. Examples whose order was kept on purpose, as that of a time
series, are held out in blocks (Bergmeir and Benitez, On the Use of Cross-Validation for Time Series Predictor
Evaluation, 2012): neighbours there are nearly copies.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Sequence

import keras
import numpy as np

from vandap.exam.decisive._copies import copies
from vandap.exam.decisive._test import FEWEST_EXAMPLES, NotPossibleError
from vandap.watch.kept import Batch, Kept

LARGEST_HELD_OUT = 1024
ENOUGH_HELD_OUT = 512
"""Held-out examples beyond which further divisions of the data are not worth their time."""
MOST_FOLDS = 4
"""A quarter of the examples is held out in each: then every one was."""
BLOCKS = 8
"""Blocks in which ordered examples are held out: so many that each part of the series is on both sides."""


def divisions(kept: Kept, data: Batch, random: np.random.Generator) -> list[tuple[Batch, Batch]]:
    """Divide examples by chance into some three quarters to train on and at most a quarter held out.

    Of copies, one is held out, and none of them is trained on then: each held-out example counts once.

    Args:
        kept: The training; where it was not shuffled, blocks of successive examples are held out.
        data: Examples of it.
        random: Decides which are held out.

    Returns:
        One division; where a quarter is few, up to four of like sizes, which hold out different examples. Each has as
        many examples on both sides as the others.

    Raises:
        NotPossibleError: Too few of the examples differ.
    """
    numbers = copies(data)
    held_out = _blocks(data, random) if is_ordered(kept) else _by_chance(numbers, random)
    reach = _reach(data, len(held_out[0]) // BLOCKS) if is_ordered(kept) else 0
    train = [_all_but(rows, numbers, reach) for rows in held_out]
    fewest = min(map(len, train))
    return [
        (data.take(_some(rows, fewest, random)), data.take(np.sort(own)))
        for rows, own in zip(train, held_out, strict=True)
    ]


def is_ordered(kept: Kept) -> bool:
    """Whether the training took the examples in their order on purpose."""
    return kept.fit.shuffle is False


def _by_chance(numbers: np.ndarray, random: np.random.Generator) -> list[np.ndarray]:
    """Rows to hold out, one of each different input."""
    rows = random.permutation(len(numbers))
    rows = rows[np.sort(np.unique(numbers[rows], return_index=True)[1])]
    if len(rows) < FEWEST_EXAMPLES:
        raise NotPossibleError(
            f"The {len(numbers)} training examples that were kept are copies of {len(rows)} different ones; "
            f"{FEWEST_EXAMPLES} are needed to hold some out."
        )
    return _in_turn(rows, min(len(rows) // 4, LARGEST_HELD_OUT))


def _in_turn(rows: np.ndarray, count: int) -> list[np.ndarray]:
    folds = min(MOST_FOLDS, math.ceil(ENOUGH_HELD_OUT / max(count, 1)))
    return [rows[count * fold : count * (fold + 1)] for fold in range(folds)]


def _blocks(data: Batch, random: np.random.Generator) -> list[np.ndarray]:
    """Rows to hold out, blocks of successive ones from all over the data."""
    length = max(min(data.examples // 4, LARGEST_HELD_OUT) // BLOCKS, 1)
    starts = random.permutation(data.examples // length) * length
    rows = (starts[:, None] + np.arange(length)).ravel()
    return _in_turn(rows, BLOCKS * length)


def _reach(data: Batch, length: int) -> int:
    """Rows around a block that may share values with it, as successive windows of a series do; at most half a block."""
    widths = [np.shape(array)[1] for array in keras.tree.flatten(data.x) if np.ndim(array) > 1]
    return min(max(widths, default=0), length // 2)


def _all_but(rows: np.ndarray, numbers: np.ndarray, reach: int) -> np.ndarray:
    """Rows to train on: neither held-out ones nor their neighbours, nor copies of any of them."""
    near = np.clip(rows[:, None] + np.arange(-reach, reach + 1), 0, len(numbers) - 1)
    return np.flatnonzero(~np.isin(numbers, numbers[near]))


def _some(rows: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """So many of the rows, in their order."""
    return rows if len(rows) == count else np.sort(random.choice(rows, count, replace=False))


def within(folds: Iterable[tuple[Batch, Batch]], ends: float) -> Iterator[tuple[Batch, Batch]]:
    """The first division, and each further one that will be done in time if it takes as long as the first."""
    began = time.monotonic()
    took = 0.0
    for number, fold in enumerate(folds):
        if number and time.monotonic() + took > ends:
            return
        yield fold
        took = max(took, (time.monotonic() - began) / (number + 1))


def by_blocks(kept: Kept, losses: Sequence[float] | np.ndarray) -> np.ndarray:
    """Losses of independent groups of held-out examples: of ordered ones, the mean of each block's successive groups.

    Args:
        kept: The training.
        losses: Loss of each group of one division, in the order of the examples: (groups,).
    """
    values = np.asarray(losses, dtype=np.float64)
    if not is_ordered(kept) or len(values) < BLOCKS:
        return values
    return np.array([part.mean() for part in np.array_split(values, BLOCKS)])
