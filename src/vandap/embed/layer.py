"""Which layer's output is the vector, and what the model wants to see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from vandap.embed.classes import before_classes, is_classifier, name_of
from vandap.embed.graph import brought_out, has_graph, maker, own_output, sources
from vandap.errors import DataError, UsageError

_LOOKED_AT = 6
"""Layers from the input in which a model scales its pixels itself."""
_SHRINKS = 0.1
"""A rescaling that takes 0 to 255 multiplies by less, as 1/127.5 and 1/255 do; of 0 to 1 it makes -1 to 1 by 2."""


def vector_tensor(model: Any, name: str | None) -> tuple[Any, str]:
    """The tensor that is the vector, and the name of the layer that makes it.

    Without a name it is the model's output; of a classifier, what its last layer sees: a `CosineHead`, a softmax, a
    dense layer that is called `logits`, or where the model was compiled with a cross-entropy, any dense layer or
    sigmoid. Where the last layer is an activation alone, the dense layer below it is left out, too. A last layer that
    is a model is looked into; the layer `embedding` of a model `inner` is called `inner/embedding`.

    Raises:
        UsageError: There is no layer of that name, or it cannot be told which makes the classes.
        DataError: The model has no graph, or several outputs.
    """
    if not getattr(model, "inputs", None) or len(model.inputs) != 1:
        raise DataError(
            "This model cannot be cut at a layer.",
            received=f"{type(model).__name__} with {len(getattr(model, 'inputs', None) or ())} known inputs",
            expected="a Sequential or functional model with one input",
            hint="Save the embedding as a functional model: keras.Model(inputs, embedding).save('M.keras').",
        )
    if name is not None:
        return _below(model.outputs, name, name), name
    if len(model.outputs) != 1:
        raise UsageError(
            "The model has several outputs.",
            received=f"{len(model.outputs)} outputs of {model.name!r}",
            expected="the name of the layer whose output is the vector",
            hint="Write --layer NAME; model.summary() lists the names.",
        )
    found = before_classes(model.outputs[0], told=is_classifier(model))
    tensor, where = found or (model.outputs[0], name_of(model.outputs[0]))
    if maker(tensor) is None:
        raise DataError(
            "The model is a classifier of raw pixels, without a layer that could be a vector.",
            received=f"{model.name!r} with {len(model.layers)} layers",
            expected="a layer between the photo and the classes",
            hint="Give a model that was trained to embed.",
        )
    return tensor, where


def _below(outputs: Any, name: str, given: str) -> Any:
    """The tensor of a layer on the way to the outputs; of `MODEL/LAYER` that of a layer inside."""
    made, (first, _, rest) = _made_by(outputs), name.partition("/")
    tensor = made.get(first)
    if tensor is not None and not rest:
        return tensor
    if tensor is not None and has_graph(maker(tensor)):
        return brought_out(tensor, _below([own_output(tensor)], rest, given))
    raise UsageError(
        "The model has no such layer.",
        received=f"--layer {given}",
        expected="one of " + ", ".join(list(made)[:12][::-1]) + (" (the last 12)" if len(made) > 12 else ""),
        hint="model.summary() lists the names; a layer of a model inside is MODEL/LAYER.",
    )


def _made_by(outputs: Any) -> dict[str, Any]:
    """The tensors that lead to the outputs, by the name of the layer that makes each.

    `layer.output` will not do: of a model inside the model it is a tensor of that one's own graph.
    """
    made: dict[str, Any] = {}
    waiting = list(outputs)
    while waiting:
        tensor = waiting.pop()
        layer = maker(tensor)
        if layer is not None and layer.name not in made:
            made[layer.name] = tensor
            waiting += sources(tensor)
    return made


def flat(tensor: Any) -> tuple[Any, bool]:
    """A tensor of shape `(n, columns)`: a feature map is averaged over its places. Also whether that was needed.

    Raises:
        DataError: It is neither a vector nor a feature map.
    """
    from keras import layers

    if len(tensor.shape) == 2:
        return tensor, False
    if len(tensor.shape) == 4:
        return layers.GlobalAveragePooling2D(name="vandap_pool")(tensor), True
    raise DataError(
        "What this layer makes is no vector.",
        received=f"shape {tuple(tensor.shape)}",
        expected="shape (examples, numbers), or a feature map (examples, height, width, channels)",
        hint="Choose another layer with --layer.",
    )


def scales_itself(model: Any) -> bool:
    """Whether one of the first layers brings pixels to the model's own scale, so that it takes 0 to 255.

    A batch or layer normalisation does not tell: it stands behind most first convolutions, whatever the pixels were.
    """
    return any(_takes_255(layer) for _, layer in zip(range(_LOOKED_AT), _in_order(model), strict=False))


def _takes_255(layer: Any) -> bool:
    """Whether a layer scales numbers from 0 to 255: a small factor, or a mean that no number from 0 to 1 has."""
    from keras.ops import convert_to_numpy

    kind = type(layer).__name__
    if kind == "Rescaling":
        return bool(np.max(np.abs(layer.scale)) < _SHRINKS)
    if kind != "Normalization" or layer.invert or getattr(layer, "mean", None) is None:
        return False
    return bool(convert_to_numpy(layer.mean).max() > 1)


def _in_order(model: Any) -> Iterator[Any]:
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from _in_order(layer)
        elif type(layer).__name__ != "InputLayer":
            yield layer


def image_shape(model: Any, size: tuple[int, int] | None) -> tuple[int, int, int]:
    """Height, width and channels of the photos that a model takes.

    Args:
        model: The model.
        size: The size that the user asks for, or None.

    Raises:
        DataError: The input is no image with its channels last.
        UsageError: The model takes any size and none was given, or another one than was given.
    """
    shape = tuple(model.inputs[0].shape)
    if len(shape) != 4 or shape[3] not in (1, 3):
        raise DataError(
            "The model does not take photos.",
            received=f"an input of shape {shape}",
            expected="shape (examples, height, width, 1 or 3)",
            hint="Give a model that takes images with the channels last.",
        )
    own = shape[1:3]
    if None in own and size is None:
        raise UsageError(
            "The model takes photos of any size.",
            received=f"an input of shape {shape}",
            expected="the size that it was trained with",
            hint="Write --image-size, such as --image-size 112x112.",
        )
    if size is not None and any(side not in (None, asked) for side, asked in zip(own, size, strict=True)):
        raise UsageError(
            "The model takes photos of another size.",
            received=f"--image-size {size[0]}x{size[1]}",
            expected=f"{own[0]}x{own[1]}",
            hint="Leave --image-size out.",
        )
    height, width = size or own
    return int(height), int(width), int(shape[3])
