"""Which layers a forward pass calls, in what order and on whose outputs: the graph of a model that has none.

Keras runs a model once with symbolic tensors before its first fit. That pass is listened to; no call is added.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from vandap.watch.graph import Graph, Place, shape
from vandap.watch.patch import Patches
from vandap.watch.plain import attempt


class Trace:
    """The calls of one forward pass."""

    def __init__(self) -> None:
        self._order: dict[int, int] = {}
        self._places: dict[int, Place] = {}
        self._made_by: dict[int, str] = {}
        self._alive: list[Any] = []
        self.outputs: tuple[str, ...] = ()
        self.is_finished = False
        self._patches = Patches()
        self._thread = threading.get_ident()

    @property
    def is_listening(self) -> bool:
        """Whether this call may belong to the pass: another thread may run another model."""
        return not self.is_finished and threading.get_ident() == self._thread

    @classmethod
    def of(cls, model: Any) -> Trace:
        """Begin to listen to the first pass through a model that has no graph."""
        from keras import Layer

        trace = cls()
        if not Graph(model).is_known:
            trace._patches.method(Layer, "__call__", lambda call: _listening(trace, model, call))
        return trace

    def stop(self) -> None:
        """Listen no more."""
        self._patches.undo()

    def note(self, layer: Any, entering: list[Any], leaving: list[Any]) -> None:
        """Note one call with its flat input and output tensors; tensors are held, so that no id is given twice."""
        before = self._places.get(id(layer), Place())
        fed = [self._made_by[id(tensor)] for tensor in entering if id(tensor) in self._made_by]
        inputs = tuple(dict.fromkeys([*before.inputs, *fed]))
        self._order.setdefault(id(layer), len(self._order))
        self._places[id(layer)] = Place(inputs, shape(entering), shape(leaving), before.calls + 1)
        self._alive += [layer, *entering, *leaving]
        for tensor in leaving:
            self._made_by[id(tensor)] = layer.name

    def finish(self, leaving: list[Any]) -> None:
        """Note the model's own outputs, and let the tensors go."""
        names = [self._made_by.get(id(tensor), "") for tensor in leaving]
        self.outputs = tuple(names) if names and all(names) else ()
        self._alive = [item for item in self._alive if hasattr(item, "_layers")]
        self._made_by = {}
        self.is_finished = True

    def place(self, layer: Any) -> Place | None:
        """Where a layer was called; None where it was not."""
        return self._places.get(id(layer))

    def in_order(self, layers: list[Any]) -> list[Any]:
        """The layers in the order of their first call; those that were not called stand last."""
        return sorted(layers, key=lambda layer: self._order.get(id(layer), len(self._order)))


def _listening(trace: Trace, model: Any, call: Callable[..., Any]) -> Callable[..., Any]:
    """`Layer.__call__` that notes each call; inner calls are noted before the outer, whose outputs carry its name."""
    from keras import tree

    def flat(structure: Any) -> list[Any]:
        return [item for item in tree.flatten(structure) if hasattr(item, "shape")]

    def note(layer: Any, arguments: Any, leaving: Any) -> None:
        if layer is model:
            trace.finish(flat(leaving))
        else:
            trace.note(layer, flat(arguments), flat(leaving))

    def listening(layer: Any, *args: Any, **kwargs: Any) -> Any:
        leaving = call(layer, *args, **kwargs)
        if trace.is_listening:
            attempt(lambda: note(layer, (args, kwargs), leaving), None)
        return leaving

    return listening
