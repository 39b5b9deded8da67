"""Validation rows whose inputs equal training rows bit for bit, and whether chance explains that."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from vandap.core.signals import Series
from vandap.watch.plain import attempt
from vandap.watch.sample import CHUNK_BYTES, bytes_each, examples, leaves, sliceable

FACTS = ("train", "validation", "shared", "copies", "distinct", "repeated", "same_rows")
MOST_ROWS = 200_000
MOST_SECONDS = 1.0
"""Time for the hashes of each part; of what is longer, the first rows are compared."""
_REFERENCE, _CANDIDATES, _COLUMNS = 2_048, 512, 512
_MEASURED, _MEASURED_COLUMNS = 1.5, 2
"""A row is a copy where it has so many bits for each bit that chance needs, and so many values that no other row has:
what is measured, not counted, repeats in one column by accident at most."""
_LONG = 4.0
"""... or so many bits: columns were counted as independent, which tables of categories are not. Passengers of the
Titanic, insured persons and diamonds that are alike by nature have up to 2.5."""
_SEED = 0


def overlap(train: Any, validation: Any) -> Series | None:
    """Count the validation rows that stand in the training part, all inputs taken together.

    Args:
        train: Training inputs: an array, or a structure of arrays; the first axis counts examples.
        validation: Validation inputs in the same form.

    Returns:
        The signal `shared_rows`; None where the inputs are no numbers or their forms differ.
    """
    return attempt(lambda: _overlap(Rows(train), Rows(validation)), None)


class Rows:
    """The rows of one part.

    Args:
        part: Inputs: an array, or a structure of arrays.
    """

    def __init__(self, part: Any) -> None:
        self.arrays: Sequence[Any] = leaves(sliceable(part))
        width = sum(bytes_each(array[0:1]) for array in self.arrays)
        self._step = max(CHUNK_BYTES // max(width, 1), 1)
        self.hashes = self._hashes(min(MOST_ROWS, *map(examples, self.arrays)))

    def take(self, rows: np.ndarray, columns: np.ndarray | None = None) -> np.ndarray:
        """Some rows with all inputs flat, one behind the other, shape `(rows, columns)`."""
        flat = np.concatenate([_numbers(array, array[rows]) for array in self.arrays], axis=1)
        return flat if columns is None else flat[:, columns]

    def _hashes(self, count: int) -> np.ndarray:
        found, begun = list[bytes](), time.perf_counter()
        for start in range(0, count, self._step):
            stop = min(start + self._step, count)
            flat = np.concatenate([_numbers(array, array[start:stop]) for array in self.arrays], axis=1)
            found += [hashlib.blake2b(row, digest_size=8).digest() for row in np.ascontiguousarray(flat)]
            if time.perf_counter() - begun > MOST_SECONDS:
                break
        return np.frombuffer(b"".join(found), np.uint64)


def _numbers(source: Any, part: Any) -> np.ndarray:
    """Rows as the network receives them: in single precision, or large whole numbers; with one zero for both."""
    values = np.asarray(source.convert_to_numpy(part))
    if values.dtype.kind not in "iufb":
        raise TypeError
    is_single = values.dtype.kind == "f" or values.dtype.itemsize <= 2
    flat: np.ndarray = values.reshape(len(values), -1).astype(np.float32 if is_single else np.float64)
    flat += 0.0
    return flat


def _overlap(train: Rows, validation: Rows) -> Series:
    shared = np.isin(validation.hashes, train.hashes)
    times = np.unique(np.concatenate([train.hashes, validation.hashes]), return_counts=True)[1]
    same = len(train.hashes) == len(validation.hashes) and bool((train.hashes == validation.hashes).all())
    copies = int(shared.sum()) * surely_copied(train, validation, shared) if shared.any() else 0.0
    different, repeated = 1 / times.mean(), (times > 1).mean()
    facts = [len(train.hashes), len(validation.hashes), shared.sum(), copies, different, repeated, same]
    return Series(np.array(facts, np.float64), {"fact": FACTS})


def surely_copied(train: Rows, validation: Rows, shared: np.ndarray, *, long: bool = True) -> float:
    """Share of the shared rows that say more than two rows of such a table can have in common by chance.

    Two of n rows are alike by chance where a row has fewer bits than log2 of the pairs (the birthday bound). A row's
    bits are those of its values, added up.

    Args:
        train: Training rows.
        validation: Other rows, or the same.
        shared: Which of the other rows equal a training row, shape `(rows,)`.
        long: Whether many bits suffice, without values that are measured: so a text that says the same twice is a copy.
    """
    rng = np.random.default_rng(_SEED)
    candidates = np.flatnonzero(shared)
    candidates = rng.choice(candidates, min(len(candidates), _CANDIDATES), replace=False)
    reference = np.unique(train.hashes, return_index=True)[1]
    reference = rng.choice(reference, min(len(reference), _REFERENCE), replace=False)
    table = train.take(np.sort(reference))
    varied = np.flatnonzero((table != table[:1]).any(axis=0))
    columns = np.sort(rng.choice(varied, min(len(varied), _COLUMNS), replace=False))
    own = validation.take(np.sort(candidates), columns)
    bits, single = np.zeros(len(own)), np.zeros(len(own))
    for number, place in enumerate(columns):
        seen, rare = _seen(table[:, place], own[:, number])
        bits -= np.log2(np.where(seen > 1, seen, rare) / len(table))
        single += seen <= 1
    rows = float(len(train.hashes) + len(validation.hashes))
    needed = np.log2(rows * (rows - 1) / 2)
    measured = (bits >= _MEASURED * needed) & (single >= _MEASURED_COLUMNS)
    return float(np.mean(measured | (bits >= _LONG * needed) if long else measured))


def _seen(column: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, float]:
    """How often values stand in a column, and how often one seen once does by Good and Turing's estimate (1953)."""
    known, counts = np.unique(column, return_counts=True)
    once, twice = np.count_nonzero(counts == 1), np.count_nonzero(counts == 2)
    rare = min(2.0 * (twice + 1) / (once + 1), 1.0)
    places = np.minimum(np.searchsorted(known, values), len(known) - 1)
    return np.where(known[places] == values, counts[places], 0), rare
