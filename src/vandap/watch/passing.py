"""Listens to the batches of a fit as they pass, without taking one, changing their order or drawing a random number.

On JAX and PyTorch the iterator that Keras draws from is wrapped. TensorFlow draws batches inside its compiled step, so
there the dataset gets one more step that hands its first batches to Python; it is taken away again after two epochs.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from vandap.core.frames import Unnoticed
from vandap.watch.fitting import Loop
from vandap.watch.sample import LARGEST_DENSE, UNSEEN

MOST_BATCHES = 64
"""Batches handed to Python of each iteration over a TensorFlow dataset."""

Listener = Callable[[Any], None]
"""Gets a batch as Keras hands it on: a tuple of inputs, targets and weights. It must neither change nor keep it."""


class Passing:
    """The listening of one fit.

    Args:
        loop: The running fit.
        listener: What gets each batch; its errors are swallowed.
    """

    def __init__(self, loop: Loop, listener: Listener) -> None:
        self._iterator, self._listener = loop.iterator, _quiet(listener)
        self._undo: list[Callable[[], None]] = []
        self.reason = "" if self._iterator is not None else "Keras' data iterator was not found"

    def attach(self) -> None:
        """Begin to listen; `reason` says why it cannot."""
        if self._iterator is None:
            return
        if hasattr(self._iterator, "_distributed_dataset"):
            self._attach_dataset()
        else:
            self._attach_iterator()

    def detach(self) -> None:
        """Listen no more, from the next iteration on."""
        while self._undo:
            self._undo.pop()()

    def _attach_iterator(self) -> None:
        iterator, make = self._iterator, self._iterator._get_iterator
        iterator._get_iterator = lambda: _Listened(make(), self._listener)
        self._undo.append(lambda: iterator.__dict__.pop("_get_iterator", None))

    def _attach_dataset(self) -> None:
        import tensorflow as tf

        iterator, dataset = self._iterator, self._iterator._distributed_dataset
        if not isinstance(dataset, tf.data.Dataset):
            self.reason = "the dataset is distributed over several devices"
            return
        try:
            iterator._distributed_dataset = _tapped(dataset, self._listener)
        except Exception as error:
            self.reason = f"the dataset takes no further step ({type(error).__name__})"
            return
        self._undo.append(lambda: setattr(iterator, "_distributed_dataset", dataset))


class _Listened:
    """An iterable whose batches are shown to a listener. `iter` begins at once, for some loaders draw numbers then."""

    def __init__(self, inner: Any, listener: Listener) -> None:
        self._inner, self._listener = inner, listener

    def __iter__(self) -> Iterator[Any]:
        return _ListenedIterator(iter(self._inner), self._listener)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _ListenedIterator(Iterator[Any]):
    def __init__(self, inner: Iterator[Any], listener: Listener) -> None:
        self._inner, self._listener = inner, listener

    def __next__(self) -> Any:
        with Unnoticed():
            batch = next(self._inner)
        self._listener(batch)
        return batch


def _quiet(listener: Listener) -> Listener:
    def listening(batch: Any) -> None:
        with contextlib.suppress(Exception):
            listener(batch)

    return listening


def _tapped(dataset: Any, listener: Listener) -> Any:
    """The dataset with a step at its end that shows the first batches of each iteration to the listener.

    Sparse tensors are shown dense, where that is not too large. `UNSEEN` stands for other things that are no arrays.
    """
    import tensorflow as tf

    spec = dataset.element_spec
    shown_parts = [_Shown.of(item) for item in tf.nest.flatten(spec)]

    def hear(*tensors: Any) -> Any:
        given = iter(tensors)
        listener(tf.nest.pack_sequence_as(spec, [part.read(given) for part in shown_parts]))
        return np.int64(0)

    def shown(index: Any, batch: Any) -> Any:
        pairs = zip(shown_parts, tf.nest.flatten(batch), strict=True)
        given = [tensor for part, value in pairs for tensor in part.tensors(value)]
        tf.cond(
            index < MOST_BATCHES,
            lambda: tf.numpy_function(hear, given, tf.int64, stateful=True),
            lambda: tf.constant(0, tf.int64),
        )
        return batch

    return dataset.enumerate().map(shown)


@dataclass(frozen=True)
class _Shown:
    """How one part of a batch gets from TensorFlow's graph to Python.

    Args:
        tensors: The plain tensors that stand for it.
        read: Takes these, as arrays, from an iterator, and makes the part of them.
    """

    tensors: Callable[[Any], tuple[Any, ...]]
    read: Callable[[Iterator[Any]], Any]

    @classmethod
    def of(cls, spec: Any) -> _Shown:
        import tensorflow as tf

        if isinstance(spec, tf.TensorSpec):
            return cls(lambda value: (value,), next)
        if isinstance(spec, tf.SparseTensorSpec):
            return cls(
                lambda value: (value.indices, value.values, value.dense_shape),
                lambda given: _dense(next(given), next(given), next(given)),
            )
        absent = None if isinstance(spec, type(tf.type_spec_from_value(None))) else UNSEEN
        return cls(lambda value: (), lambda given: absent)


def _dense(places: np.ndarray, values: np.ndarray, shape: np.ndarray) -> Any:
    if math.prod(shape.tolist()) * values.dtype.itemsize > LARGEST_DENSE:
        return UNSEEN
    array = np.zeros(shape, values.dtype)
    array[tuple(places.T)] = values
    return array
