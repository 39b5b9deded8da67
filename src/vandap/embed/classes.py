"""Which of a model's last layers make classes, so that what they take can be the vector."""

from __future__ import annotations

from typing import Any

from vandap.embed.graph import brought_out, has_graph, maker, own_output, sources
from vandap.errors import UsageError

_IDLE = ("ActivityRegularization", "Dropout", "GaussianDropout", "GaussianNoise", "Identity")
"""Layers that do nothing when a model is used."""
_SHAPING = ("Flatten", "GlobalAveragePooling2D", "Reshape")
"""Layers that may stand between what makes class scores and a softmax, or the loss."""
_SCORING = ("Conv2D", "CosineHead", "Dense")
"""Layers that make class scores."""
_BARE = ("Activation", "LogSoftmax", "Sigmoid", "Softmax")
"""Layers, and functions of `keras.ops`, that make scores of scores."""
_SURE = ("CosineHead", "LogSoftmax", "Softmax")
"""Those that make classes whatever the loss was."""


def before_classes(output: Any, *, told: bool) -> tuple[Any, str] | None:
    """What the last layer of a classifier takes, and the name of the layer that makes it; None for any other model.

    Args:
        output: The model's output.
        told: Whether it was compiled with a loss for classes. A sigmoid may as well squash an embedding.

    Raises:
        UsageError: It cannot be told which layer makes the classes.
    """
    end = _past(output, (*_IDLE, *_SHAPING) if told else _IDLE)
    last = maker(end)
    if last is None:
        return None
    if has_graph(last):
        return _inside(end, told)
    if hasattr(last, "layers"):
        raise _unclear(last, "a model without a graph")
    if not _makes_classes(last, told):
        if told:
            raise _unclear(last, "under a cross-entropy, so its output are classes")
        return None
    below = sources(end)[0]
    if type(last).__name__ in _BARE:
        scores = _past(below, (*_IDLE, *_SHAPING))
        if has_graph(maker(scores)):
            return _inside(scores, told=True)
        below = sources(scores)[0] if type(maker(scores)).__name__ in _SCORING else below
    return below, name_of(below)


def is_classifier(model: Any) -> bool:
    """Whether a model was compiled with a cross-entropy, whatever form its loss has."""
    from keras import tree

    losses = tree.flatten(getattr(model, "loss", None))
    names = (loss if isinstance(loss, str) else getattr(loss, "__name__", type(loss).__name__) for loss in losses)
    return any("crossentropy" in name.replace("_", "").lower() for name in names)


def name_of(tensor: Any) -> str:
    """The name of the layer that makes a tensor; nothing for an input."""
    return getattr(maker(tensor), "name", "")


def _past(tensor: Any, kinds: tuple[str, ...]) -> Any:
    """The tensor below all last layers of these kinds."""
    while type(maker(tensor)).__name__ in kinds:
        tensor = sources(tensor)[0]
    return tensor


def _inside(tensor: Any, told: bool) -> tuple[Any, str] | None:
    """The same of a model inside the model."""
    model = maker(tensor)
    found = before_classes(own_output(tensor), told=told or is_classifier(model))
    if found is None:
        return None
    vector = brought_out(tensor, found[0])
    return vector, f"{model.name}/{found[1]}" if found[1] else name_of(vector)


def _makes_classes(layer: Any, told: bool) -> bool:
    kind, activation = type(layer).__name__, getattr(getattr(layer, "activation", None), "__name__", "")
    if kind in _SURE or activation in ("softmax", "log_softmax") or (kind == "Dense" and layer.name == "logits"):
        return True
    return told and (kind in _SCORING or kind in _BARE or activation == "sigmoid")


def _unclear(layer: Any, why: str) -> UsageError:
    return UsageError(
        "It is not clear which layer of this model makes a vector.",
        received=f"a model whose last layer is {layer.name!r}, {type(layer).__name__}, {why}",
        expected="the name of the layer whose output is the vector",
        hint="Write --layer NAME; model.summary() lists the names, and a layer of a model inside is MODEL/LAYER.",
    )
