"""A bounded sample of the examples as the train step receives them, from arrays or from passing batches."""

from __future__ import annotations

import math
import time
from functools import partial
from typing import Any

import numpy as np

from vandap.watch.fitting import unpacked
from vandap.watch.kept import Batch
from vandap.watch.plain import attempt

MOST_EXAMPLES = 4_096
MOST_BYTES = 64_000_000
SCAN_SECONDS = 1.0
CHUNK_BYTES = 16_000_000
LARGEST_DENSE = 64_000_000
"""Bytes up to which a sparse batch is looked at, as a dense one."""
UNSEEN = object()
"""Stands in a batch for what is no array, nor can become one: ragged tensors."""
_SEED = 0


class Sample:
    """Collects batches until there are enough.

    Args:
        most: Most examples to keep.
    """

    def __init__(self, most: int = MOST_EXAMPLES) -> None:
        self._most, self._batches = most, list[Batch]()
        self._examples = self._bytes = 0

    @property
    def is_full(self) -> bool:
        """Whether no more batches are wanted."""
        return self._examples >= self._most or self._bytes >= MOST_BYTES

    def add(self, batch: Batch) -> None:
        """Keep a copy of a batch, or of what still fits of it."""
        if not self.is_full and batch.examples:
            batch = batch.take(slice(0, self._most - self._examples)).map(np.array)
            self._batches.append(batch)
            self._examples += batch.examples
            self._bytes += sum(array.nbytes for part in batch for array in leaves(part))

    @property
    def kept(self) -> Batch | None:
        """All kept batches as one; None where there is none, or they do not fit together (ragged shapes)."""
        alike = [batch for batch in self._batches if _shapes(batch) == _shapes(self._batches[0])]
        return attempt(lambda: Batch(*(joined(parts) for parts in zip(*alike, strict=True))), None) if alike else None


def of_batch(batch: Any) -> Batch | None:
    """A batch on its way to the train step as NumPy arrays; a part that holds something else (ragged) is None."""
    return attempt(lambda: Batch(*(attempt(partial(_numpy, part), None) for part in unpacked(batch))), None)


def of_arrays(inputs: tuple[Any, Any, Any], most: int = MOST_EXAMPLES) -> Batch | None:
    """Examples from the arrays of a fit, converted as Keras converts them.

    Args:
        inputs: Inputs, targets and weights as the data adapter holds them.
        most: Most examples; more are thinned to a random choice (own generator, fixed seed), in their order.

    Returns:
        The examples; None where they cannot be sliced.
    """
    return attempt(lambda: _of_arrays(inputs, most), None)


def nonfinite(part: Any) -> list[int]:
    """Count the values that are not finite over all examples of each array, as far as `SCAN_SECONDS` reach."""
    return attempt(lambda: [_nonfinite(leaf) for leaf in leaves(sliceable(part))], [])


def _nonfinite(array: Any) -> int:
    count, found, begun = examples(array), 0, time.perf_counter()
    step = max(CHUNK_BYTES // max(bytes_each(array[0:1]), 1), 1)
    for start in range(0, count, step):
        values = np.asarray(array.convert_to_numpy(array[start : start + step]))
        if values.dtype.kind != "f" or time.perf_counter() - begun > SCAN_SECONDS:
            break
        found += values.size - int(np.count_nonzero(np.isfinite(values)))
    return found


def _of_arrays(inputs: tuple[Any, Any, Any], most: int) -> Batch:
    sliceables = tuple(map(sliceable, inputs))
    first = next(iter(leaves(inputs[0])))
    count = int(first.shape[0])
    width = sum(bytes_each(leaf) for part in inputs for leaf in leaves(part))
    most = max(min(most, MOST_BYTES // max(width, 1)), 1)
    if count <= most:
        rows: Any = slice(0, count)
    else:
        rows = np.sort(np.random.default_rng(_SEED).choice(count, most, replace=False))
    return Batch(*(_sliced(part, rows) for part in sliceables))


def sliceable(part: Any) -> Any:
    """The arrays of a structure as Keras' own wrappers, which slice and convert them; None for nothing."""
    from keras.src.trainers.data_adapters import array_slicing

    return None if part is None else array_slicing.convert_to_sliceable(part, target_backend="numpy")


def examples(array: Any) -> int:
    """How many examples one of Keras' wrappers holds; it has no length itself."""
    return int(array.array.shape[0])


def _sliced(part: Any, rows: Any) -> Any:
    return changed(part, lambda leaf: np.array(leaf.convert_to_numpy(leaf[rows])))


def bytes_each(array: Any) -> int:
    """Bytes of one example, as float32."""
    return 4 * math.prod(int(size) for size in array.shape[1:])


def _numpy(part: Any) -> Any:
    import keras

    def convert(leaf: Any) -> np.ndarray:
        if leaf is UNSEEN or (hasattr(leaf, "todense") and bytes_each(leaf) * len(leaf) > LARGEST_DENSE):
            raise TypeError
        return np.asarray(keras.ops.convert_to_numpy(leaf))

    return changed(part, convert)


def leaves(part: Any) -> list[Any]:
    """The arrays of a structure of lists, tuples and dicts, in order."""
    if part is None:
        return []
    if isinstance(part, dict):
        return [leaf for item in part.values() for leaf in leaves(item)]
    if isinstance(part, list | tuple):
        return [leaf for item in part for leaf in leaves(item)]
    return [part]


def named(part: Any, names: list[str], kind: str) -> dict[str, np.ndarray]:
    """The arrays of a structure by name: a dict's keys, the model's names where they fit, else numbers."""
    if isinstance(part, dict):
        return {str(key): array for key, item in part.items() for array in leaves(item)[:1]}
    arrays = leaves(part)
    if len(names) != len(arrays) or any(name.startswith("keras_tensor") for name in names):
        names = [kind] if len(arrays) == 1 else [f"{kind}_{place}" for place in range(len(arrays))]
    return dict(zip(names, arrays, strict=True))


def changed(part: Any, change: Any) -> Any:
    """A structure with every array changed."""
    if part is None:
        return None
    if isinstance(part, dict):
        return {name: changed(item, change) for name, item in part.items()}
    if isinstance(part, list | tuple):
        return [changed(item, change) for item in part]
    return change(part)


def joined(parts: tuple[Any, ...]) -> Any:
    """Structures of one form as one, their arrays joined along the first axis."""
    first = parts[0]
    if first is None:
        return None
    if isinstance(first, dict):
        return {name: joined(tuple(part[name] for part in parts)) for name in first}
    if isinstance(first, list | tuple):
        return [joined(items) for items in zip(*parts, strict=True)]
    return np.concatenate(parts)


def _shapes(batch: Batch) -> list[tuple[int, ...]]:
    return [leaf.shape[1:] for part in batch for leaf in leaves(part)]
