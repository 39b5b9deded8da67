"""Batches read ahead of their use, so that decoding and computing overlap."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vandap.core.ahead import worked_ahead
from vandap.core.dataset import Examples, Raw


def batches(examples: Examples, rows: np.ndarray, batch_size: int, *, threads: int, ahead: int = 2) -> Iterator[Raw]:
    """Yield the examples of `rows` in order, `batch_size` at a time (the last batch may be smaller).

    At most `ahead` batches are read in advance, so memory is bounded by `ahead + 1` batches whatever the data's size.
    An error while reading is raised where the batch would have been yielded. Closing the iterator early drops what was
    not started and waits for the batch that is being read, so no thread outlives it.

    Args:
        examples: Where to read from; its `take` is called from other threads.
        rows: Row numbers, shape `(n,)`.
        batch_size: Examples a batch.
        threads: Batches that are read at the same time; 0 reads in the caller's thread.
        ahead: Batches held ready.

    Raises:
        ValueError: `batch_size` is below 1, or `threads` or `ahead` is negative.
    """
    if batch_size < 1 or threads < 0 or ahead < 0:
        raise ValueError(
            "A stream needs a positive batch size and no negative counts. "
            f"Received: batch_size={batch_size}, threads={threads}, ahead={ahead}."
        )
    pieces = (rows[start : start + batch_size] for start in range(0, len(rows), batch_size))
    if threads == 0 or ahead == 0:
        return (examples.take(piece) for piece in pieces)
    return worked_ahead(examples.take, pieces, min(threads, ahead), ahead)
