"""The past trains, the future tests."""

from __future__ import annotations

import numpy as np

from vandap.core.dataset import Split
from vandap.core.rows import assign, picked, rows_where, stable_order
from vandap.data.contents import TEST, TRAIN, VALIDATION
from vandap.data.sets import Sets
from vandap.errors import DataError

SHARE = 0.2


def time_split(
    rows: np.ndarray,
    time: np.ndarray,
    units: Sets,
    most_validation: int,
    parts: tuple[str, ...] = (TRAIN, VALIDATION, TEST),
) -> tuple[Split, tuple[str, ...]]:
    """Cut rows by time: the last fifth tests, the fifth before it validates, the rest trains.

    Rows of equal time stay in one part. Rows without a time are left out, and so are rows that have a copy (the same
    unit) in a later part: the later row stays, because the future is what is to be measured.

    Args:
        rows: Row numbers to cut, shape `(n,)`.
        time: Time of every row of the data; NaN where unknown.
        units: The sets of copies of all rows of the data.
        most_validation: Upper bound of the validation part.
        parts: The parts to make, oldest first.

    Returns:
        The split and notes.

    Raises:
        DataError: The column has too few different times.
    """
    known = rows[picked(np.isfinite(time), rows)]
    notes = [] if len(known) == len(rows) else [f"{len(rows) - len(known)} rows without a time were left out."]
    ordered = picked(known, stable_order(picked(time, known)))
    pieces, rest = [], ordered
    for name in reversed(parts[1:]):
        count = SHARE * len(ordered) if name == TEST else min(SHARE * len(ordered), most_validation)
        at = _boundary(picked(time, rest), len(rest) - round(count), reserve=1 if name == parts[1] else 2)
        pieces.append(rest[at:])
        rest = rest[:at]
    pieces.append(rest)
    pieces = _without_older_copies(pieces, units)
    dropped = len(ordered) - sum(len(piece) for piece in pieces)
    if dropped:
        notes.append(f"{dropped} rows that have a copy in a later part were left out of the earlier one.")
    if not all(len(piece) for piece in pieces):
        raise _too_few_times(time[known])
    held = dict(zip(reversed(parts), pieces, strict=True))
    chosen = {name: np.sort(held.get(name, rows[:0])) for name in (TRAIN, VALIDATION, TEST)}
    method = f"By time: the oldest rows train, the newest {SHARE:.0%} are the {parts[-1]}; equal times stay together."
    return Split(chosen[TRAIN], chosen[VALIDATION], chosen[TEST], method=method), tuple(notes)


def _boundary(times: np.ndarray, wanted: int, reserve: int) -> int:
    """The cut nearest to `wanted` that falls between two different times of ascending `times`.

    Args:
        times: Ascending.
        wanted: Where to cut.
        reserve: Different times that must remain before the cut.
    """
    cuts = rows_where(times[1:] > times[:-1]) + 1
    if len(cuts) < reserve:
        raise _too_few_times(times)
    cuts = cuts[reserve - 1 :]
    after = int(np.searchsorted(cuts, wanted))
    near = cuts[max(0, after - 1) : after + 1]
    return int(near[np.argmin(np.abs(near - wanted))])


def _without_older_copies(pieces: list[np.ndarray], units: Sets) -> list[np.ndarray]:
    """Leave out of each piece the rows whose unit stands in a later one; `pieces` are newest first."""
    if not len(units.members):
        return pieces
    part = np.full(units.rows, -1, np.int8)
    for number, piece in enumerate(pieces):
        assign(part, piece, number)
    older = [units.shared(part, number, later) for later in range(1, len(pieces)) for number in range(later)]
    part[np.concatenate([np.zeros(0, np.int64), *older])] = -1
    return [piece[picked(part, piece) == number] for number, piece in enumerate(pieces)]


def _too_few_times(times: np.ndarray) -> DataError:
    return DataError(
        "The time column has too few different times to train on the past and test on the future.",
        received=f"{len(np.unique(times))} different times in {len(times)} rows",
        expected="times that spread over the rows, such as a date of each",
        hint="Name the column that says when each row was observed, or leave out --time.",
    )
