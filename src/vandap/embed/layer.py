"""Which layer's output is the vector, and what the model wants to see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from vandap.errors import DataError, UsageError

_LOOKED_AT = 6
"""Layers from the input in which a model scales its pixels itself."""
_SHRINKS = 0.1
"""A rescaling that takes 0 to 255 multiplies by less, as 1/127.5 and 1/255 do; of 0 to 1 it makes -1 to 1 by 2."""


def vector_tensor(model: Any, name: str | None) -> tuple[Any, str]:
    """The tensor that is the vector, and the name of the layer that makes it.

    Without a name it is the model's output; of a classifier, what its last layer sees: a `CosineHead`, a softmax, a
    dense layer that is called `logits`, or where the model was compiled with a cross-entropy, any dense layer or
    sigmoid. Where the last layer is an activation alone, the dense layer below it is left out, too.

    Raises:
        UsageError: There is no layer of that name.
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
        return _named(model, name)
    if len(model.outputs) != 1:
        raise UsageError(
            "The model has several outputs.",
            received=f"{len(model.outputs)} outputs of {model.name!r}",
            expected="the name of the layer whose output is the vector",
            hint="Write --layer NAME; model.summary() lists the names.",
        )
    tensor = _before_classes(model)
    made = _maker(tensor)
    if made is None:
        raise DataError(
            "The model is a classifier of raw pixels, without a layer that could be a vector.",
            received=f"{model.name!r} with {len(model.layers)} layers",
            expected="a layer between the photo and the classes",
            hint="Give a model that was trained to embed.",
        )
    return tensor, made.name


def _named(model: Any, name: str) -> tuple[Any, str]:
    made = _made_by(model.outputs)
    if name not in made:
        names = [layer.name for layer in model.layers if layer.name in made]
        raise UsageError(
            "The model has no such layer.",
            received=f"--layer {name}",
            expected="one of " + ", ".join(names[-12:]) + (" (the last 12)" if len(names) > 12 else ""),
            hint="model.summary() lists the names.",
        )
    return made[name], name


def _made_by(outputs: Any) -> dict[str, Any]:
    """The tensors that lead to the outputs, by the name of the layer that makes each.

    `layer.output` will not do: of a model inside the model it is a tensor of that one's own graph.
    """
    made: dict[str, Any] = {}
    waiting = list(outputs)
    while waiting:
        tensor = waiting.pop()
        layer = _maker(tensor)
        if layer is not None and layer.name not in made:
            made[layer.name] = tensor
            waiting += _sources(tensor)
    return made


def _sources(tensor: Any) -> Any:
    """The tensors that a tensor's layer takes."""
    layer, node, _ = tensor._keras_history
    return layer._inbound_nodes[node].input_tensors


def _maker(tensor: Any) -> Any:
    """The layer that makes a tensor; None for an input."""
    layer = tensor._keras_history.operation
    return None if type(layer).__name__ == "InputLayer" else layer


def _before_classes(model: Any) -> Any:
    """What the last layer of a classifier takes; of any other model, what it gives."""
    tensor = model.outputs[0]
    last = _maker(tensor)
    if last is None or not _classifies(last, model):
        return tensor
    tensor = _sources(tensor)[0]
    below = _maker(tensor)
    is_bare = type(last).__name__ in ("Softmax", "Activation")
    makes_classes = type(below).__name__ in ("CosineHead", "Dense") and len(below._outbound_nodes) == 1
    return _sources(tensor)[0] if is_bare and makes_classes else tensor


def _classifies(layer: Any, model: Any) -> bool:
    """Whether a model's last layer turns a vector into classes; a sigmoid may as well squash an embedding."""
    kind, activation = type(layer).__name__, getattr(getattr(layer, "activation", None), "__name__", "")
    if kind in ("CosineHead", "Softmax") or activation == "softmax" or (kind == "Dense" and layer.name == "logits"):
        return True
    return (kind in ("Dense", "Activation") or activation == "sigmoid") and _is_classifier(model)


def _is_classifier(model: Any) -> bool:
    loss = getattr(model, "loss", None)
    name = loss if isinstance(loss, str) else type(loss).__name__
    return "crossentropy" in name.replace("_", "").lower()


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
