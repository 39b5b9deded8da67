"""A Keras model from the structure that a watch described: the same layers, connected alike, with new weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vandap.core.program import Layer, Program
from vandap.train.bare.written import NotWrittenError


def rebuilt(program: Program) -> Any:
    """Build a model of built-in layers anew.

    Args:
        program: The structure of a watched model.

    Returns:
        A Functional model with one output, not compiled.

    Raises:
        NotWrittenError: The model has code of its own, nested models, several outputs, or axes without a size.
    """
    import keras

    _check(program)
    tensors: dict[str, Any] = {}
    inputs: list[Any] = []
    for layer in program.layers:
        if layer.kind == "InputLayer":
            tensors[layer.name] = _input(layer.output_shape, _dtype(layer, program), layer.name)
            inputs.append(tensors[layer.name])
            continue
        entering = [tensors[name] for name in layer.inputs]
        if not entering:
            entering = [_input(layer.input_shape, _dtype(layer, program), f"input_of_{layer.name}")]
            inputs += entering
        made = getattr(keras.layers, layer.kind).from_config({**layer.settings, "name": layer.name})
        tensors[layer.name] = made(entering[0] if len(entering) == 1 else entering)
    return keras.Model(inputs[0] if len(inputs) == 1 else inputs, tensors[program.outputs[0]])


def _check(program: Program) -> None:
    import keras

    own = [layer.name for layer in program.layers if layer.is_custom or not hasattr(keras.layers, layer.kind)]
    nested = [layer.parent for layer in program.layers if layer.parent]
    shared = [layer.name for layer in program.layers if layer.calls > 1]
    reasons = {
        f"the layer {own[0]} is no built-in one" if own else "": bool(own),
        "the model is a class of its own": program.model not in ("Sequential", "Functional"),
        f"the model {nested[0]} is nested in it" if nested else "": bool(nested),
        f"the layer {shared[0]} is used several times" if shared else "": bool(shared),
        f"it has {len(program.outputs)} outputs": len(program.outputs) != 1,
    }
    reason = next((text for text, holds in reasons.items() if holds), None)
    if reason:
        raise NotWrittenError(f"The network cannot be built anew: {reason}.")


def _input(shape: Sequence[int | None], dtype: str, name: str) -> Any:
    import keras

    if not shape or None in shape[1:]:
        raise NotWrittenError("The network cannot be built anew: its input has axes without a size.")
    return keras.Input(tuple(shape[1:]), dtype=dtype, name=name)


def _dtype(layer: Layer, program: Program) -> str:
    reads = [other for other in program.layers if other is layer or layer.name in other.inputs]
    return "int32" if any(other.kind == "Embedding" for other in reads) else "float32"
