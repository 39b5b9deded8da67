"""Which layers a what-if of all layers means; where no edit reaches one of them, it is named and none is tried."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from vandap.ask.whatif.form import NoMeaningError, Subject
from vandap.core.program import Layer
from vandap.repair.layers import units_of

_KERNEL = "kernel_initializer"
_KERNELS = (_KERNEL, "depthwise_initializer", "pointwise_initializer")
_WITH_KERNEL = ("Dense", "Conv1D", "Conv2D")
_FILTERED = ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "SeparableConv2D")
"""Layers whose filters are edited."""
_WIDTHS = {"units", "filters"}
_AUGMENTING = ("GaussianNoise", "RandAugment", "AugMix", "MixUp", "CutMix", "Solarization")
_IMAGES = "keras.src.layers.preprocessing.image_preprocessing."
_FIXED = ("Resizing", "CenterCrop", "MaxNumBoundingBoxes", "AutoContrast", "Equalization", "CLAHE")
"""Layers of images that do the same to all, in training and after it."""


def is_augmenting(layer: Layer) -> bool:
    """Whether a layer changes the examples while training."""
    if layer.module.startswith(_IMAGES):
        return layer.kind not in _FIXED
    is_shaped = not layer.is_custom or layer.input_shape == layer.output_shape  # a random projection is none
    return layer.kind in _AUGMENTING or (layer.kind.startswith("Random") and is_shaped)


def with_width(subject: Subject) -> tuple[Layer, ...]:
    """Every hidden layer with units or filters.

    Raises:
        NoMeaningError: There is none, or an edit does not reach one.
    """
    found = [layer for layer in _inner(subject) if units_of(layer) or _WIDTHS & set(_within(layer))]
    reached = [layer for layer in found if layer.kind in _FILTERED or "units" in layer.settings]
    return _all(found, reached, "with units or filters", "another width")


def with_kernel(subject: Subject) -> tuple[Layer, ...]:
    """Every layer with a kernel, the output too.

    Raises:
        NoMeaningError: There is none, or an edit does not reach one.
    """
    found = [
        layer
        for layer in subject.program.layers
        if layer.kind in _WITH_KERNEL or any(name in {**layer.settings, **_within(layer)} for name in _KERNELS)
    ]
    reached = [layer for layer in found if layer.kind in _WITH_KERNEL or _KERNEL in layer.settings]
    return _all(found, reached, "with a kernel", "other initial values")


def with_activation(subject: Subject, name: str) -> tuple[Layer, ...]:
    """Every place where the network bends in another way than a name says, or could.

    Raises:
        NoMeaningError: An edit does not reach one.
    """
    hidden = {layer.path for layer in subject.hidden() if not _within(layer)}
    found = [
        layer
        for layer in _inner(subject)
        if layer.activation != name and (layer.path in hidden or layer.activation not in (None, "linear", "softmax"))
    ]
    reached = [layer for layer in found if layer.path in hidden]
    return _all(found, reached, "with an activation", "another activation") if found else ()


def _inner(subject: Subject) -> list[Layer]:
    answering = {*(layer.path for layer in subject.case.answering), *subject.program.outputs}
    return [layer for layer in subject.program.layers if layer.path not in answering]


def _within(layer: Layer) -> Mapping[str, Any]:
    """Settings of the layer that a wrapper holds, as `Bidirectional(LSTM(64))` does; empty for other layers."""
    inner = layer.settings.get("layer") or layer.settings.get("cell")
    settings = inner.get("config") if isinstance(inner, Mapping) else None
    return settings if isinstance(settings, Mapping) else {}


def _all(found: Sequence[Layer], reached: Collection[Layer], of: str, what: str) -> tuple[Layer, ...]:
    if not found:
        raise NoMeaningError(f"The model has no hidden layer {of}.")
    missed = [f"{layer.name} ({layer.kind})" for layer in found if layer not in reached or layer.is_custom]
    if missed:
        raise NoMeaningError(
            f"No edit gives {', '.join(missed)} {what}, and the others alone are not every layer {of}."
        )
    return tuple(found)
