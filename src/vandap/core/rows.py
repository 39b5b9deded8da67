"""Row numbers, counts and orders of as many rows as a data set has, in blocks.

numpy answers with arrays of one int64 a row, and holds several of them inside `unique`, `lexsort` and `bincount`. On a
table of ten million rows each costs as much as two of its columns. Here a result holds 4 bytes a row and nothing
else is longer than a block.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

BLOCK = 1 << 18
"""Rows that are worked on at once."""

SORTED_AT_ONCE = 1 << 20
"""Rows that are sorted at once."""


def row_type(count: int) -> type[np.signedinteger]:
    """The integers that number `count` rows."""
    return np.int32 if count <= np.iinfo(np.int32).max else np.int64


def every_row(count: int) -> np.ndarray:
    """All row numbers, ascending."""
    return np.arange(count, dtype=row_type(count))


def blocks(count: int) -> Iterator[slice]:
    """Consecutive slices that cover `count` rows."""
    return (slice(start, min(start + BLOCK, count)) for start in range(0, count, BLOCK))


def rows_where(mask: np.ndarray) -> np.ndarray:
    """Numbers of the rows where a boolean of shape `(rows,)` is true, ascending."""
    found = np.empty(int(np.count_nonzero(mask)), row_type(len(mask)))
    end = 0
    for block in blocks(len(mask)):
        here = np.flatnonzero(mask[block])
        found[end : end + len(here)] = here + block.start
        end += len(here)
    return found


def picked(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """What `values[rows]` gives; numpy would first copy the row numbers into int64."""
    found = np.empty(len(rows), values.dtype)
    for block in blocks(len(rows)):
        found[block] = values[rows[block]]
    return found


def assign(values: np.ndarray, rows: np.ndarray, value: object) -> None:
    """What `values[rows] = value` does, likewise; changes `values`."""
    for block in blocks(len(rows)):
        values[rows[block]] = value


def without(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The ascending `rows` that are not among `others`, all of which are."""
    if not len(others):
        return rows
    keep = np.ones(len(rows), bool)
    keep[np.searchsorted(rows, others)] = False
    return rows[keep]


def count_codes(codes: np.ndarray, length: int | None = None, rows: np.ndarray | None = None) -> np.ndarray:
    """Count each code from 0 to below `length`; others are counted nowhere.

    Args:
        codes: Integers of shape `(n,)`.
        length: Codes to count; None for all up to the largest.
        rows: Rows that count; None for all.

    Returns:
        Counts, shape `(length,)`, int64.
    """
    if length is None:
        length = int(codes.max()) + 1 if len(codes) else 0
    counts = np.zeros(length, np.int64)
    for block in blocks(len(codes) if rows is None else len(rows)):
        part = codes[block] if rows is None else codes[rows[block]]
        counts += np.bincount(part[(part >= 0) & (part < length)], minlength=length)
    return counts


def one_hot(codes: np.ndarray, length: int, kind: type[np.floating] = np.float64) -> np.ndarray:
    """A row with a single 1 for each code from 0 to below `length`, without a matrix of all codes in between.

    Args:
        codes: Integers of shape `(n,)`.
        length: Codes there are.
        kind: Type of the numbers.

    Returns:
        Zeros and ones, shape `(n, length)`.
    """
    rows = np.zeros((len(codes), length), kind)
    rows[np.arange(len(codes)), codes] = 1.0
    return rows


def ranks(codes: np.ndarray) -> np.ndarray:
    """Position of each row among the rows with the same code, counted from 0.

    Args:
        codes: Integers, shape `(n,)`.
    """
    low = int(codes.min(initial=0))
    length = int(codes.max(initial=0)) - low + 1
    found, seen = np.empty(len(codes), row_type(len(codes))), np.zeros(length, np.int64)
    for block in blocks(len(codes)):
        part = codes[block].astype(np.int64) - low
        order = np.argsort(part, kind="stable")
        counts = np.bincount(part, minlength=length)
        starts = np.cumsum(counts) - counts
        within = np.empty(len(part), np.int64)
        within[order] = np.arange(len(part)) - np.repeat(starts, counts)
        found[block] = within + seen[part]
        seen += counts
    return found


def stable_order(values: np.ndarray) -> np.ndarray:
    """What `numpy.argsort(values, kind="stable")` gives, sorted range by range of the values."""
    order = np.empty(len(values), row_type(len(values)))
    edges, end = _edges(values), 0
    for place in range(len(edges) + 1):
        rows = _rows_between(values, edges[place - 1] if place else None, edges[place] if place < len(edges) else None)
        order[end : end + len(rows)] = rows[np.argsort(values[rows], kind="stable")]
        end += len(rows)
    return order


def shuffled(count: int, generator: np.random.Generator) -> np.ndarray:
    """What `stable_order(generator.random(count))` gives, without the numbers of all rows at once.

    They are drawn again for each range that is sorted, which costs less than any pass over the data.
    """
    order, end = np.empty(count, row_type(count)), 0
    pieces, first = -(-count // SORTED_AT_ONCE), generator.bit_generator.state
    for piece in range(pieces):
        generator.bit_generator.state = first
        rows, numbers = _drawn_between(count, piece / pieces, (piece + 1) / pieces, generator)
        order[end : end + len(rows)] = rows[np.argsort(numbers, kind="stable")]
        end += len(rows)
    return order


def _drawn_between(
    count: int, low: float, high: float, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Rows whose random number lies from `low` to below `high`, and these numbers."""
    rows, numbers = [], []
    for block in blocks(count):
        drawn = generator.random(block.stop - block.start)
        here = np.flatnonzero((drawn >= low) & (drawn < high))
        rows.append((here + block.start).astype(row_type(count)))
        numbers.append(drawn[here])
    return np.concatenate(rows), np.concatenate(numbers)


def by_code(order: np.ndarray, codes: np.ndarray, length: int) -> np.ndarray:
    """Reorder rows by their code, and keep the given order among rows of one code (a counting sort).

    Args:
        order: Row numbers, shape `(n,)`.
        codes: Code of each row, from 0 to below `length`.
        length: Number of codes.
    """
    if length == 1:
        return order
    counts = count_codes(codes, length, order)
    following = np.cumsum(counts) - counts
    sorted_rows = np.empty_like(order)
    for block in blocks(len(order)):
        part = order[block]
        sorted_rows[following[codes[part]] + ranks(codes[part])] = part
        following += np.bincount(codes[part], minlength=length)
    return sorted_rows


def _edges(values: np.ndarray) -> np.ndarray:
    """Values that cut the rows into ranges which can be sorted at once, judged by a sample of them."""
    pieces = -(-len(values) // SORTED_AT_ONCE)
    if pieces < 2:
        return values[:0]
    sample = np.sort(values[:: max(1, len(values) // 16_384)])
    edges = np.unique(sample[np.arange(1, pieces) * len(sample) // pieces])
    return edges[edges == edges]  # NaN bounds no range


def _rows_between(values: np.ndarray, low: float | None, high: float | None) -> np.ndarray:
    """Rows from `low` to below `high`; NaN is above everything."""
    inside = np.ones(len(values), bool)
    for block in blocks(len(values)):
        if low is not None:
            inside[block] = ~(values[block] < low)
        if high is not None:
            inside[block] &= values[block] < high
    return rows_where(inside)
