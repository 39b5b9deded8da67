"""Which layers a forward pass calls, in what order and on whose outputs: the graph of a model that has none.

Keras runs a model once with symbolic tensors before its first fit. That pass is listened to; no call is added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from vandap.watch.graph import Place, shape
from vandap.watch.patch import Patches


class Trace:
    """The calls of one forward pass."""

    def __init__(self) -> None:
        self._order: dict[int, int] = {}
        self._places: dict[int, Place] = {}
        self._made_by: dict[int, str] = {}
        self._alive: list[Any] = []
        self.outputs: tuple[str, ...] = ()
        self.is_finished = False

    def note(self, layer: Any, entering: list[Any], leaving: list[Any]) -> None:
        """Note one call with its flat input and output tensors; tensors are held, so that no id is given twice."""
        before = self._places.get(id(layer), Place())
        fed = [self._made_by[id(tensor)] for tensor in entering if id(tensor) in self._made_by]
        inputs = tuple(dict.fromkeys([*before.inputs, *fed]))
        self._order.setdefault(id(layer), len(self._order))
        self._places[id(layer)] = Place(inputs, _free(shape(entering)), _free(shape(leaving)), before.calls + 1)
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


def _free(shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
    """The shape with a free first axis: the pass was made with one batch's size."""
    return (None, *shape[1:]) if shape else ()


@contextmanager
def tracing(model: Any) -> Iterator[Trace]:
    """Listen to the first symbolic pass through this model.

    Inner calls of a nested model or layer are noted before its own, whose outputs then carry its own name.
    """
    from keras import Layer, tree

    trace = Trace()

    def build(call: Callable[..., Any]) -> Callable[..., Any]:
        def listening(layer: Any, *args: Any, **kwargs: Any) -> Any:
            leaving = call(layer, *args, **kwargs)
            if not trace.is_finished:
                listen(layer, args, kwargs, leaving)
            return leaving

        return listening

    def listen(layer: Any, args: Any, kwargs: Any, leaving: Any) -> None:
        try:
            flat = [item for item in tree.flatten(leaving) if hasattr(item, "shape")]
            if layer is model:
                trace.finish(flat)
            else:
                trace.note(layer, [item for item in tree.flatten((args, kwargs)) if hasattr(item, "shape")], flat)
        except Exception:
            return

    patches = Patches()
    patches.method(Layer, "__call__", build)
    try:
        yield trace
    finally:
        patches.undo()
