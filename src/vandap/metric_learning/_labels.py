"""Labels of a batch: one identity number a row."""

from __future__ import annotations

from typing import Any

from keras import ops

from vandap.errors import UsageError


def one_a_row(labels: Any) -> Any:
    """Labels of shape `(n,)` or `(n, 1)` as `(n,)`.

    Raises:
        UsageError: There are several numbers a row, as one-hot labels have.
    """
    shape = tuple(labels.shape)
    if any(isinstance(side, int) and side != 1 for side in shape[1:]):
        raise UsageError(
            "The loss takes one identity number for each example.",
            received=f"y_true of shape {shape}",
            expected="shape (n,) or (n, 1), numbers from 0",
            hint="Of one-hot labels give the places: y.argmax(axis=-1).",
        )
    return ops.reshape(labels, (-1,))
