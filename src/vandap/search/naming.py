"""Ids that a change of an index names: of the right type, and new or known as they must be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from vandap.errors import DataError, UsageError
from vandap.search.ids import id_array, shown


def checked_ids(ids: Any, count: int, *, texts: bool) -> list[int | str]:
    """Ids as the user knows them.

    Args:
        ids: As they were given.
        count: How many there must be.
        texts: Whether those of the index are texts.

    Raises:
        DataError: Another number of them, another type than those of the index, or repeats.
    """
    stored = id_array(ids, count)
    if (stored.dtype.kind == "S") != texts:
        raise DataError(
            "The ids are of another type than those of the index.",
            received="texts" if stored.dtype.kind == "S" else "whole numbers",
            expected="texts" if texts else "whole numbers",
            hint="`vandap search` shows the ids.",
        )
    return [shown(value) for value in stored.tolist()]


def next_ids(highest: int, count: int, *, texts: bool) -> list[int]:
    """The numbers after the highest id.

    Raises:
        UsageError: The ids of the index are texts.
    """
    if texts:
        raise UsageError(
            "The ids of this index are texts, so new vectors need ids.",
            received="vectors without ids",
            expected="an id for each",
            hint="Give them with --ids.",
        )
    return list(range(highest + 1, highest + 1 + count))


def refuse_known(names: Sequence[int | str], rows: np.ndarray) -> None:
    """Refuse ids that have a row already.

    Args:
        names: The ids.
        rows: The row of each; -1 for none.

    Raises:
        DataError: One has.
    """
    known = [name for name, row in zip(names, rows, strict=True) if row >= 0]
    if known:
        raise DataError(
            "There are vectors with these ids already." if known[1:] else "There is a vector with this id already.",
            received=_some(known),
            expected="new ids",
            hint="None of these vectors was added; to replace those that are there use `vandap index add --replace`.",
        )


def refuse_missing(names: Sequence[int | str], rows: np.ndarray) -> None:
    """Refuse ids that have no row. See `refuse_known`.

    Raises:
        DataError: One has none.
    """
    missing = [name for name, row in zip(names, rows, strict=True) if row < 0]
    if missing:
        raise DataError(
            "There is no vector with this id.",
            received=_some(missing),
            expected="ids that are in the index",
            hint="Nothing was removed; drop the unknown ids and give the command again.",
        )


def _some(names: Sequence[int | str]) -> str:
    """The first names of many."""
    return ", ".join(str(name) for name in names[:5]) + (" ..." if len(names) > 5 else "")
