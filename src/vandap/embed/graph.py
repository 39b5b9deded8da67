"""The graph of a Keras model, walked from its output towards its input."""

from __future__ import annotations

from typing import Any


def maker(tensor: Any) -> Any:
    """The layer that makes a tensor; None for an input."""
    layer = tensor._keras_history.operation
    return None if type(layer).__name__ == "InputLayer" else layer


def sources(tensor: Any) -> list[Any]:
    """The tensors that a tensor's layer takes."""
    layer, node, _ = tensor._keras_history
    return list(layer._inbound_nodes[node].input_tensors)


def has_graph(layer: Any) -> bool:
    """Whether a layer is a model whose own layers can be walked."""
    return hasattr(layer, "layers") and bool(getattr(layer, "inputs", None))


def own_output(tensor: Any) -> Any:
    """The tensor of an inner model's own graph that an outer model's tensor stands for."""
    inner, _, place = tensor._keras_history
    return inner.outputs[place]


def brought_out(tensor: Any, inner: Any) -> Any:
    """A tensor of an inner model's own graph, in the graph of the model around it.

    Args:
        tensor: One that the inner model makes there.
        inner: Of the inner model's own graph.
    """
    import keras

    model, given = maker(tensor), sources(tensor)
    if maker(inner) is None:
        return given[[id(own) for own in model.inputs].index(id(inner))]
    return keras.Model(model.inputs, inner)(given if len(given) > 1 else given[0])
