"""Validation data that come in batches, as arrays in an order of their own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from vandap.repair.trial.division import row_hashes

MOST_EXAMPLES = 200_000
MOST_BYTES = 2 * 1024**3
"""What of a stream is kept at most: more rows tell hardly more, and memory has an end."""
_INFINITE = -1
"""What `tf.data` counts where there is no end."""


class StreamError(Exception):
    """A stream of validation data cannot be judged on."""


def collected(stream: Any, steps: int | None = None) -> tuple[Any, Any]:
    """The inputs and targets of a stream, of its first batches where it is long.

    A stream that is shuffled gives the same rows in another order each time, so they are brought into that of their
    hashes.

    Args:
        stream: A `tf.data.Dataset`, a `PyDataset`, a `DataLoader`, or anything else that gives batches of inputs and
            targets.
        steps: Batches that `fit` validates on; None for all.

    Returns:
        Inputs and targets, each one array of shape `(n, ...)` or several as the stream gives them.

    Raises:
        StreamError: It gives no targets, nothing, or more than one kind of batches.
    """
    import keras

    parts: list[list[np.ndarray]] = []
    form, size, rows = None, 0, 0
    for batch in _batches(stream, steps):
        pair = tuple(batch)[:2] if isinstance(batch, tuple | list) else ()
        if len(pair) != 2:
            raise StreamError("The validation data are a stream without targets.")
        leaves = [_array(leaf) for leaf in keras.tree.flatten(pair)]
        form = pair if form is None else form
        if parts and [leaf.shape[1:] for leaf in leaves] != [leaf.shape[1:] for leaf in parts[0]]:
            raise StreamError("The batches of the validation data are of several shapes, such as padded texts.")
        parts.append(leaves)
        size, rows = size + sum(leaf.nbytes for leaf in leaves), rows + len(leaves[0])
        if size >= MOST_BYTES or rows >= MOST_EXAMPLES:
            break
    if form is None:
        raise StreamError("The stream of validation data gives nothing.")
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    inputs = len(keras.tree.flatten(form[0]))
    order = np.argsort(row_hashes(columns[:inputs]), kind="stable")
    x, y = keras.tree.pack_sequence_as(form, [column[order] for column in columns])
    return x, y


def _batches(stream: Any, steps: int | None) -> Iterator[Any]:
    """The batches of one pass; of a stream that may have no end, those that `fit` takes."""
    numbered = hasattr(stream, "num_batches") and hasattr(stream, "__getitem__")  # a PyDataset
    is_endless = (
        (numbered and stream.num_batches is None)
        or (hasattr(stream, "cardinality") and int(stream.cardinality()) == _INFINITE)
        or hasattr(stream, "__next__")
    )
    if steps is None and is_endless:
        raise StreamError("The stream of validation data may have no end, and fit is given no validation_steps.")
    count = stream.num_batches if numbered else None
    found = (stream[number] for number in itertools.count()) if numbered else iter(stream)
    yield from itertools.islice(found, min((end for end in (steps, count) if end is not None), default=None))


def _array(leaf: Any) -> np.ndarray:
    """A tensor of any library as an array."""
    leaf = leaf.detach().cpu() if hasattr(leaf, "detach") else leaf
    return np.asarray(leaf)
