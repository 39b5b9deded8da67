"""What cannot be searched is refused before it is stored."""

from __future__ import annotations

from typing import Any

import numpy as np

from vandap.errors import DataError
from vandap.search.rows import normalised, quickly_normalised


def float_rows(given: Any, columns: int, message: str) -> np.ndarray:
    """One vector or several as a matrix.

    Args:
        given: What should be vectors.
        columns: Numbers in a vector of the index, for the message.
        message: What it says where they are none.

    Raises:
        DataError: Another number of axes, rows of several widths, or no floats.
    """
    try:
        rows = np.atleast_2d(np.asarray(given))
        received = f"shape {rows.shape}, type {rows.dtype}"
    except ValueError:
        rows, received = np.zeros((0, 0), bool), "rows of several widths"
    if rows.ndim != 2 or rows.dtype.kind != "f":
        raise DataError(
            message,
            received=received,
            expected=f"one vector of {columns} floats, or a matrix of them",
            hint="Embed it with the model that the index was built with.",
        )
    return rows


def unit_vectors(vectors: np.ndarray, first: int = 0) -> np.ndarray:
    """Vectors at unit length, float32.

    Args:
        vectors: Floats, shape (vectors, columns).
        first: Number of the first one, for messages.

    Raises:
        DataError: A vector is not finite, or has no direction.
    """
    quick = quickly_normalised(vectors)
    if quick is not None:
        return quick
    finite = np.isfinite(vectors)
    if not finite.all():
        _refuse("Vectors are not finite.", np.flatnonzero(~finite.all(axis=1)) + first, "finite numbers")
    directed = vectors.any(axis=1)
    if not directed.all():
        rows = np.flatnonzero(~directed) + first
        _refuse("Vectors are zero, which is near nothing.", rows, "vectors with a direction")
    return normalised(vectors)


def _refuse(message: str, rows: np.ndarray, expected: str) -> None:
    shown = ", ".join(str(row) for row in rows[:5]) + (" ..." if len(rows) > 5 else "")
    raise DataError(
        message,
        received=f"{len(rows)} so far, in row {shown}" if len(rows) > 1 else f"row {shown}",
        expected=expected,
        hint="Leave such rows out, or embed them again; a picture that could not be read often ends so.",
    )


def check_columns(columns: int, wanted: int) -> None:
    """Refuse vectors of another width.

    Raises:
        DataError: The widths differ.
    """
    if columns != wanted:
        raise DataError(
            "The vectors have another dimension than the index.",
            received=f"{columns} numbers in a vector",
            expected=f"{wanted}",
            hint="Use vectors of the model that the index was built with.",
        )


def fingerprints(records: np.ndarray) -> np.ndarray:
    """A 64-bit number for each record, equal for equal ones: a random linear form of its bytes."""
    spare = -records.shape[1] % 8
    words = np.ascontiguousarray(np.pad(records, ((0, 0), (0, spare))) if spare else records).view(np.uint64)
    factors = np.random.default_rng(20_111).integers(1, 2**63, words.shape[1], dtype=np.uint64) * 2 + 1
    return words @ factors


def duplicates(hashes: np.ndarray) -> int:
    """How many rows repeat an earlier one."""
    return int(len(hashes) - len(np.unique(hashes)))
