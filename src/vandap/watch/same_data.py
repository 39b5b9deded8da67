"""Whether two fits were given the same data: the very objects, or arrays that hold the same examples."""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from vandap.watch.kept import Batch
from vandap.watch.plain import attempt
from vandap.watch.sample import leaves, of_arrays

MOST_LABELS = 1_000_000
MOST_VALUES = 1_000_000
"""Values that are sorted to compare data in any order."""
SHIFT = 0.1
"""Difference of means, over the deviation, up to which inputs are taken for the same, augmented anew."""
_MOST_LEAVES = 64
_MOST_ROWS = 64
_MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class Source:
    """One array or stream that a fit was given, by which it is known again; it is not kept alive.

    Args:
        reference: Refers to it weakly, or to the array that it is a part of.
        place: Address, shape, strides and type of an array, and a few of its rows: a buffer may be filled anew.
    """

    reference: weakref.ref[Any] | None
    place: tuple[Any, ...] = ()

    @classmethod
    def of(cls, given: Any) -> Source:
        """Note an array or a stream."""
        if not isinstance(given, np.ndarray):
            return cls(attempt(lambda: weakref.ref(given), None))
        place = (given.__array_interface__["data"][0], given.shape, given.strides, given.dtype.str, _few_rows(given))
        whole = given
        while isinstance(whole.base, np.ndarray):
            whole = whole.base
        return cls(weakref.ref(whole), place)

    @property
    def _whole(self) -> Any:
        return self.reference() if self.reference is not None else None

    def is_same(self, other: Source) -> bool:
        """Whether both are the same object, which is still there."""
        return self._whole is not None and other._whole is self._whole and self.place == other.place

    def meets(self, other: Source) -> bool:
        """Whether both are the same object, or parts of one array that may have rows in common."""
        if self._whole is None or other._whole is not self._whole:
            return False
        if not self.place or not other.place:
            return True
        (low, high), (first, last) = _bounds(self.place), _bounds(other.place)
        return low < last and first < high

    def array(self) -> Any:
        """What was noted, where it is still there and was not filled anew; None otherwise."""
        whole = self._whole
        if whole is None or not self.place:
            return whole
        address, shape, strides, kind, rows = self.place
        offset = address - whole.__array_interface__["data"][0]
        is_whole = (offset, shape, strides) == (0, whole.shape, whole.strides)
        found = whole if is_whole else attempt(lambda: np.ndarray(shape, kind, whole, offset, strides), None)
        return found if found is not None and _few_rows(found) == rows else None


def _bounds(place: tuple[Any, ...]) -> tuple[int, int]:
    """The first byte of an array, and the one behind its last."""
    address, shape, strides, kind, _ = place
    reach = [(size - 1) * step for size, step in zip(shape, strides, strict=True) if size]
    back, forth = sum(min(step, 0) for step in reach), sum(max(step, 0) for step in reach)
    return address + back, address + forth + np.dtype(kind).itemsize


def _few_rows(array: np.ndarray) -> bytes:
    if not array.size:
        return b""
    count = max(min(_MOST_ROWS, _MOST_BYTES * len(array) // max(array.nbytes, 1)), 1)
    return hashlib.blake2b(array[np.linspace(0, len(array) - 1, count).astype(int)].tobytes()).digest()


def sources(given: Any) -> Iterator[Source]:
    """Note the arrays of a structure, or a stream."""
    found = leaves(given)
    yield from map(Source.of, found) if len(found) <= _MOST_LEAVES else (Source(None),)


@dataclass(frozen=True)
class Held:
    """What is left of the arrays of an earlier fit.

    Args:
        sample: Examples; None where none were kept.
        labels: All targets.
        rows: How many examples there were.
    """

    sample: Batch | None
    labels: Any
    rows: int

    def is_like(self, given: tuple[Any, Any, Any]) -> bool:
        """Whether these are the same examples: in another order, or with inputs that were augmented anew."""
        now = of_arrays(given)
        if self.sample is None or now is None or _counted(self.sample.w) != _counted(now.w):
            return False
        labels = labels_of(given[1])
        if _counted(self.labels) != _counted(labels) or not _are_near(self.sample.x, now.x):
            return False
        # Few labels are soon alike by chance: an agent's memory of two actions, say.
        is_told = _bytes(self.labels) == _bytes(labels) or self.rows > self.sample.examples
        return is_told or _counted(self.sample.x) == _counted(now.x)


def is_same(
    before: tuple[Source, ...], now: tuple[Source, ...], held: Held, given: tuple[Any, Any, Any] | None
) -> bool:
    """Whether data are the same.

    Args:
        before: The objects that were given then.
        now: Those that are given now.
        held: What was kept of arrays that were given then.
        given: Inputs, targets and weights that are given now, where they are arrays.
    """
    if len(before) == len(now) and all(one.is_same(other) for one, other in zip(before, now, strict=True)):
        return True
    return given is not None and bool(attempt(lambda: held.is_like(given), False))


def labels_of(targets: Any) -> Any:
    """All targets of a fit, unless they are too many; None where there are none, or they cannot be sliced."""
    kept = of_arrays((targets, None, None), MOST_LABELS) if targets is not None else None
    return kept.x if kept is not None else None


def _are_near(before: Any, now: Any) -> bool:
    pairs = list(zip(leaves(before), leaves(now), strict=True))
    return all(one.shape == other.shape and _is_near(one, other) for one, other in pairs)


def _is_near(before: np.ndarray, now: np.ndarray) -> bool:
    mean, deviation = float(before.mean()), float(before.std())
    room = SHIFT * max(deviation, 1e-12)
    return abs(float(now.mean()) - mean) <= room and abs(float(now.std()) - deviation) <= room


def _counted(values: Any) -> list[bytes]:
    """The values of each column, in order of size: equal for the same rows in any order."""
    rows = [leaf.reshape(len(leaf), -1) for leaf in leaves(values)]
    return [np.sort(leaf[:, : max(MOST_VALUES // max(len(leaf), 1), 1)], axis=0).tobytes() for leaf in rows]


def _bytes(values: Any) -> list[bytes]:
    return [leaf.tobytes() for leaf in leaves(values)]
