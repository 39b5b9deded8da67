"""Output shape and parameters of the Keras layers, by formula, from the shapes they read.

Shapes are without the batch axis and channels come last. Source of the formulas: the `build` methods of Keras 3.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

Shape: TypeAlias = tuple[int, ...]
Count: TypeAlias = tuple[Shape, int]


class UnknownLayerError(Exception):
    """There is no formula for this layer."""


def layer_account(layer: Mapping[str, Any], inputs: Sequence[Shape]) -> Count:
    """Output shape and parameters of a layer that reads these shapes.

    Args:
        layer: An entry of `program.json`'s layers: `class`, `settings`, `parameters`.
        inputs: The shapes it reads, in order; at least one.

    Raises:
        UnknownLayerError: No formula, or settings that the formula does not cover.
    """
    formula = _FORMULAS.get(str(layer["class"]))
    if formula is None:
        raise UnknownLayerError(str(layer["class"]))
    settings = {key: value for key, value in (layer.get("settings") or {}).items() if value is not None}
    settings["present_parameters"] = int(layer["parameters"])
    try:
        return formula(settings, list(inputs))
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise UnknownLayerError(str(layer["class"])) from error


Formula: TypeAlias = Callable[[Mapping[str, Any], list[Shape]], Count]


def _same(settings: Mapping[str, Any], inputs: list[Shape]) -> Count:
    return inputs[0], 0


def _merge(settings: Mapping[str, Any], inputs: list[Shape]) -> Count:
    """Element by element; axes of length 1 are stretched."""
    if len({len(shape) for shape in inputs}) > 1:
        raise ValueError
    return tuple(max(axes) for axes in zip(*inputs, strict=True)), 0


def _concatenate(settings: Mapping[str, Any], inputs: list[Shape]) -> Count:
    return (*inputs[0][:-1], sum(shape[-1] for shape in inputs)), 0


def _flatten(settings: Mapping[str, Any], inputs: list[Shape]) -> Count:
    return (math.prod(inputs[0]),), 0


def _dense(settings: Mapping[str, Any], inputs: list[Shape]) -> Count:
    units = int(settings["units"])
    return (*inputs[0][:-1], units), inputs[0][-1] * units + _bias(settings, units)


def _embedding(settings: Mapping[str, Any], inputs: list[Shape]) -> Count:
    return (*inputs[0], int(settings["output_dim"])), int(settings["input_dim"]) * int(settings["output_dim"])


def _convolution(settings: Mapping[str, Any], inputs: list[Shape]) -> Count:
    *sides, channels = inputs[0]
    filters, kernel = int(settings["filters"]), _tuple(settings["kernel_size"], len(sides))
    weights = math.prod(kernel) * (channels // int(settings.get("groups", 1))) * filters
    return (*_slide(settings, sides, kernel), filters), weights + _bias(settings, filters)


def _depthwise(settings: Mapping[str, Any], inputs: list[Shape]) -> Count:
    *sides, channels = inputs[0]
    kernel, out = _tuple(settings["kernel_size"], len(sides)), channels * int(settings.get("depth_multiplier", 1))
    return (*_slide(settings, sides, kernel), out), math.prod(kernel) * out + _bias(settings, out)


def _separable(settings: Mapping[str, Any], inputs: list[Shape]) -> Count:
    *sides, channels = inputs[0]
    filters, kernel = int(settings["filters"]), _tuple(settings["kernel_size"], len(sides))
    between = channels * int(settings.get("depth_multiplier", 1))
    weights = math.prod(kernel) * between + between * filters
    return (*_slide(settings, sides, kernel), filters), weights + _bias(settings, filters)


def _pool(settings: Mapping[str, Any], inputs: list[Shape]) -> Count:
    *sides, channels = inputs[0]
    window = _tuple(settings.get("pool_size", settings.get("strides", 2)), len(sides))
    return (*_slide({"strides": window, **settings}, sides, window), channels), 0


def _global_pool(settings: Mapping[str, Any], inputs: list[Shape]) -> Count:
    return (inputs[0][-1],), 0


def _batch_normalisation(settings: Mapping[str, Any], inputs: list[Shape]) -> Count:
    _last_axis(settings, inputs[0])
    vectors = 2 + bool(settings.get("center", True)) + bool(settings.get("scale", True))
    return inputs[0], vectors * inputs[0][-1]


def _scale_and_shift(settings: Mapping[str, Any], inputs: list[Shape]) -> Count:
    _last_axis(settings, inputs[0])
    vectors = bool(settings.get("center", True)) + bool(settings.get("scale", True))
    return inputs[0], vectors * inputs[0][-1]


def _normalisation(settings: Mapping[str, Any], inputs: list[Shape]) -> Count:
    """Given statistics are constants; adapted ones are variables: mean, variance and a count."""
    return inputs[0], 2 * inputs[0][-1] + 1 if settings["present_parameters"] else 0


def _zero_padding(settings: Mapping[str, Any], inputs: list[Shape]) -> Count:
    *sides, channels = inputs[0]
    padding = settings["padding"]
    ends = [padding] if len(sides) == 1 else padding
    return (*(side + sum(_tuple(end, 2)) for side, end in zip(sides, ends, strict=True)), channels), 0


def _up_sampling(settings: Mapping[str, Any], inputs: list[Shape]) -> Count:
    *sides, channels = inputs[0]
    factors = _tuple(settings["size"], len(sides))
    return (*(side * factor for side, factor in zip(sides, factors, strict=True)), channels), 0


def _slide(settings: Mapping[str, Any], sides: Sequence[int], window: Shape) -> Shape:
    """Positions of a sliding window along each side."""
    strides = _tuple(settings.get("strides", 1), len(sides))
    dilation = _tuple(settings.get("dilation_rate", 1), len(sides))
    if settings.get("padding", "valid") == "same":
        return tuple(-(-side // stride) for side, stride in zip(sides, strides, strict=True))
    if settings.get("padding", "valid") != "valid":
        raise ValueError
    reach = [(size - 1) * apart + 1 for size, apart in zip(window, dilation, strict=True)]
    positions = tuple((side - size) // stride + 1 for side, size, stride in zip(sides, reach, strides, strict=True))
    if min(positions) < 1:
        raise ValueError
    return positions


def _bias(settings: Mapping[str, Any], units: int) -> int:
    return units if settings.get("use_bias", True) else 0


def _last_axis(settings: Mapping[str, Any], shape: Shape) -> None:
    axis = settings.get("axis", -1)
    if (axis[0] if isinstance(axis, list | tuple) else axis) not in {-1, len(shape)}:
        raise ValueError


def _tuple(value: Any, length: int) -> Shape:
    items = tuple(int(item) for item in value) if isinstance(value, Sequence) else (int(value),) * length
    if len(items) != length:
        raise ValueError
    return items


def _each(formula: Formula, *names: str) -> dict[str, Formula]:
    return dict.fromkeys(names, formula)


_FORMULAS: Mapping[str, Formula] = {
    **_each(
        _same, "Activation", "ReLU", "LeakyReLU", "ELU", "Softmax", "Rescaling", "Identity", "ActivityRegularization"
    ),
    **_each(
        _same, "Dropout", "SpatialDropout1D", "SpatialDropout2D", "AlphaDropout", "GaussianDropout", "GaussianNoise"
    ),
    **_each(
        _same, "RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom", "RandomContrast", "UnitNormalization"
    ),
    **_each(_merge, "Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"),
    **_each(_convolution, "Conv1D", "Conv2D", "Conv3D"),
    **_each(_depthwise, "DepthwiseConv1D", "DepthwiseConv2D"),
    **_each(_separable, "SeparableConv1D", "SeparableConv2D"),
    **_each(
        _pool,
        "MaxPooling1D",
        "MaxPooling2D",
        "MaxPooling3D",
        "AveragePooling1D",
        "AveragePooling2D",
        "AveragePooling3D",
    ),
    **_each(_global_pool, "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D"),
    **_each(_global_pool, "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D"),
    **_each(_zero_padding, "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D"),
    **_each(_up_sampling, "UpSampling1D", "UpSampling2D", "UpSampling3D"),
    **_each(_scale_and_shift, "LayerNormalization", "GroupNormalization"),
    "Dense": _dense,
    "Embedding": _embedding,
    "Flatten": _flatten,
    "Concatenate": _concatenate,
    "BatchNormalization": _batch_normalisation,
    "Normalization": _normalisation,
}
