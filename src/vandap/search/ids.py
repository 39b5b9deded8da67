"""Ids: whole numbers or texts, one a row, found by binary search."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from vandap.errors import DataError

_LARGEST = np.iinfo(np.int64).max


def id_array(ids: Sequence[Any] | np.ndarray, count: int) -> np.ndarray:
    """Ids as they are stored: int64, or UTF-8 bytes of a fixed width.

    Each text takes as many bytes, in memory and on the disk, as the longest of them: one name of 200 bytes among ten
    million makes 2 GB of ids.

    Args:
        ids: Whole numbers, or texts.
        count: How many there must be.

    Raises:
        DataError: Another number of them, another type, or repeats.
    """
    values = _encoded(ids) if isinstance(ids, list | tuple) else None
    values = np.asarray(ids) if values is None else values
    if values.shape != (count,):
        raise DataError(
            "There must be one id for each vector.",
            received=f"ids of shape {values.shape} for {count} vectors",
            expected=f"{count} ids",
            hint="Give the ids in the order of the vectors.",
        )
    stored = _stored(values)
    if stored is None:
        raise DataError(
            "These values cannot be ids.",
            received=f"type {values.dtype}" + (f", up to {values.max()}" if values.dtype.kind == "u" else ""),
            expected=f"whole numbers up to {_LARGEST}, or texts in UTF-8 that are not empty",
            hint="Leave the ids out to number the vectors from 0.",
        )
    _refuse_repeats(stored)
    return stored


def _stored(values: np.ndarray) -> np.ndarray | None:
    """Values as ids are stored; None where they cannot be ids."""
    kind = values.dtype.kind
    if kind in "iu" and not (values > _LARGEST).any():
        return values.astype(np.int64)
    if kind in "UTO":
        return _encoded(values.tolist())
    return values if kind == "S" and are_texts(values) and (values != b"").all() else None


def _encoded(ids: Sequence[Any]) -> np.ndarray | None:
    """Texts as they are stored, without an array of wide characters in between; None where they are no texts."""
    if not ids or not all(isinstance(item, str) and item for item in ids):
        return None
    with suppress(UnicodeEncodeError):  # half a surrogate pair is no text
        width = max(len(item.encode()) for item in ids)
        return np.fromiter((item.encode() for item in ids), f"S{width}", len(ids))
    return None


def are_texts(values: np.ndarray) -> bool:
    """Whether bytes, as ids are stored, are UTF-8."""
    if values.tobytes().isascii():
        return True
    try:
        decoded(values)
    except UnicodeDecodeError:
        return False
    return True


def decoded(values: np.ndarray) -> list[Any]:
    """Values of a file as the user knows them: bytes are texts."""
    return [item.decode() if isinstance(item, bytes) else item for item in values.tolist()]


def _refuse_repeats(ids: np.ndarray) -> None:
    ordered = np.sort(ids)
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    if len(repeated):
        raise DataError(
            "Ids must be different from each other.",
            received=f"{len(repeated)} repeated, such as {shown(repeated[0])}",
            expected="each id once",
            hint="Drop the repeats, or leave the ids out to number the vectors from 0.",
        )


def shown(value: Any) -> int | str:
    """An id as the user knows it."""
    return value.decode() if isinstance(value, bytes) else int(value)


class Ids:
    """The ids of a generation.

    Args:
        path: The `.npy` file.
        count: Rows.
    """

    def __init__(self, path: Path, count: int) -> None:
        self.values = np.load(path, mmap_mode="r" if count else None).view(np.ndarray)

    @cached_property
    def _order(self) -> np.ndarray:
        """Row numbers in the order of the ids."""
        return np.argsort(self.values, kind="stable")

    def prepare(self) -> None:
        """Sort now what the first look-up would sort, while nobody waits."""
        self.rows_of(self.of(np.arange(min(1, len(self.values)))))

    @property
    def texts(self) -> bool:
        """Whether ids are texts."""
        return self.values.dtype.kind == "S"

    def rows_of(self, ids: Sequence[Any]) -> np.ndarray:
        """Row numbers of ids, int64; -1 for an unknown one."""
        if not len(ids) or not len(self.values):
            return np.full(len(ids), -1, np.int64)
        order = self._order
        sought = np.array([item.encode() for item in ids], np.bytes_) if self.texts else np.array(ids, np.int64)
        places = np.searchsorted(self.values, sought, sorter=order)
        rows = order[np.minimum(places, len(self.values) - 1)]
        return np.where(self.values[rows] == sought, rows, -1)

    def of(self, rows: np.ndarray) -> list[int | str]:
        """Ids of rows."""
        found = self.values[rows].tolist()
        return [shown(value) for value in found] if self.texts else found
