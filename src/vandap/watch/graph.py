"""The graph of a Functional or Sequential model: what stands in it, in order, what feeds what, and the shapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from vandap.watch.plain import attempt


@dataclass(frozen=True)
class Place:
    """Where an operation stands in the graph that holds it.

    Args:
        inputs: Names of the operations that feed it.
        input_shape: Shape of the first input, None for free axes.
        output_shape: Shape of the first output.
        calls: How often it is called in one pass.
    """

    inputs: tuple[str, ...] = ()
    input_shape: tuple[int | None, ...] = ()
    output_shape: tuple[int | None, ...] = ()
    calls: int = 0


class Graph:
    """What Keras knows of how data pass through one model; empty for a subclassed one.

    Args:
        holder: A model, or a layer made of layers.
    """

    def __init__(self, holder: Any) -> None:
        function = getattr(holder, "_functional", None) or holder
        self._is_sequential = function is not holder
        self._function = function if hasattr(function, "_nodes") and hasattr(function, "_operations") else None
        by_depth = self._function._nodes_by_depth.values() if self._function is not None else ()
        self._nodes = {id(node) for nodes in by_depth for node in nodes}

    @property
    def is_known(self) -> bool:
        """Whether there is a graph."""
        return self._function is not None

    @property
    def operations(self) -> list[Any]:
        """Layers and bare operations (`x + y`, `keras.ops.relu(x)`) in the order in which data pass."""
        if self._function is None:
            return []
        return [item for item in self._function._operations if not self._is_hidden(item)]

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the operations that give the outputs."""
        tensors = getattr(self._function, "_outputs", ())
        return tuple(tensor._keras_history.operation.name for tensor in tensors)

    def place(self, operation: Any) -> Place:
        """Where an operation stands."""
        nodes = [node for node in operation._inbound_nodes if id(node) in self._nodes]
        if not nodes:
            return Place()
        fed = dict.fromkeys(name for node in nodes for name in self._feeding(node))
        entering = nodes[0].arguments.keras_tensors or nodes[0].outputs
        return Place(tuple(fed), shape(entering), shape(nodes[0].outputs), len(nodes))

    def _feeding(self, node: Any) -> Iterator[str]:
        for tensor in node.arguments.keras_tensors:
            operation = tensor._keras_history.operation
            if operation is not None and not self._is_hidden(operation):
                yield operation.name

    def _is_hidden(self, operation: Any) -> bool:
        """Sequential models do not show their input layer."""
        return self._is_sequential and type(operation).__name__ == "InputLayer"


def constants(operation: Any) -> list[Any]:
    """What a bare operation was given beside tensors: the 255 of `x / 255`."""
    if not operation._inbound_nodes:
        return []
    arguments = operation._inbound_nodes[0].arguments
    given = [*arguments.args, *arguments.kwargs.values()]
    return [item for item in given if isinstance(item, bool | int | float | str)]


def shape(tensors: Any) -> tuple[int | None, ...]:
    """The shape of the first tensor, its first axis free, for that counts examples; () where there is none."""
    found: tuple[int | None, ...] = attempt(lambda: tuple(_axis(size) for size in tensors[0].shape), ())
    return (None, *found[1:])[: len(found)]


def _axis(size: Any) -> int | None:
    return None if size is None else int(size)


def built_shape(layer: Any) -> tuple[int | None, ...]:
    """The first shape that a layer was built for; () where it was not, or takes several inputs as one argument."""

    def first() -> tuple[int | None, ...]:
        given = next(iter(layer._build_shapes_dict.values()))
        given = next(iter(given.values())) if isinstance(given, dict) else given
        while given and isinstance(given[0], list | tuple):
            given = given[0]
        return (None, *given[1:])[: len(given)]

    return attempt(first, ())
