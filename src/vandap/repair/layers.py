"""What remedies read of the layers of a training."""

from __future__ import annotations

from collections.abc import Mapping

from vandap.core.program import Layer
from vandap.repair.changes.structure import LayerSetting
from vandap.repair.remedy import Case

_PENALTIES = ("kernel_regularizer", "recurrent_regularizer", "embeddings_regularizer", "activity_regularizer")
_DEFAULT = "GlorotUniform"
_ZEROS = ("Zeros", "zeros")
BENDS = ("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU")
"""Layers that are an activation and nothing else."""
_BETWEEN = frozenset(
    [
        *("BatchNormalization", "LayerNormalization", "GroupNormalization", "Dropout", "GaussianDropout"),
        *("AlphaDropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"),
    ]
)
"""Layers that may stand between weights and their activation."""


def of_kind(case: Case, *kinds: str) -> tuple[Layer, ...]:
    """The layers of these classes."""
    return tuple(layer for layer in case.program.layers if layer.kind in kinds)


def is_bent_later(case: Case, layer: Layer) -> bool:
    """Whether a layer's activation is a layer of its own, behind normalisation or dropout perhaps."""
    after = case.program.successors(layer)
    while len(after) == 1 and after[0].kind in _BETWEEN:
        after = case.program.successors(after[0])
    return len(after) == 1 and after[0].kind in BENDS


def units_of(layer: Layer) -> int:
    """Units or filters of a layer; 0 where it has none."""
    value = layer.settings.get("units", layer.settings.get("filters"))
    return int(value) if isinstance(value, int | float) else 0


def with_own_initialiser(case: Case) -> tuple[str, ...]:
    """Paths of the layers whose kernels do not start as Keras starts them by default."""
    return tuple(
        layer.path
        for layer in case.program.layers
        if "kernel_initializer" in layer.settings and _class(layer.settings["kernel_initializer"]) != _DEFAULT
    )


def with_own_biases(case: Case) -> tuple[str, ...]:
    """Paths of the hidden layers whose biases do not start at zero; those of an output may be its prior."""
    answering = {layer.path for layer in case.answering}
    return tuple(
        layer.path
        for layer in case.program.layers
        if layer.path not in answering and _class(layer.settings.get("bias_initializer") or "zeros") not in _ZEROS
    )


def without_penalties(case: Case) -> tuple[LayerSetting, ...]:
    """What takes every penalty off the weights and the outputs of the layers."""
    found = {name: [layer.path for layer in case.program.layers if layer.settings.get(name)] for name in _PENALTIES}
    return tuple(LayerSetting(name, None, tuple(paths)) for name, paths in found.items() if paths)


def named(case: Case, *kinds: str) -> Layer | None:
    """The layer that the finding is about, where it is of one of these classes."""
    place = case.finding.where.layer
    found = case.program.layer(place) if place else None
    return found if found is not None and found.kind in kinds else None


def before_dense(case: Case) -> Layer | None:
    """The layer before the Dense layer that the finding is about, or else before the output; None where it is first."""
    dense, layers = named(case, "Dense") or case.output, [layer for layer in case.program.layers if not layer.parent]
    place = next((place for place, layer in enumerate(layers) if dense is not None and layer.path == dense.path), 0)
    return layers[place - 1] if place else None


def image_shape(case: Case) -> tuple[int | None, ...]:
    """The three axes of what the first convolution reads; empty where no convolution comes first."""
    computing = [layer for layer in case.program.layers if layer.kind in ("Conv2D", "Dense") and layer.input_shape]
    first = computing[0] if computing else None
    is_image = first is not None and first.kind == "Conv2D" and len(first.input_shape) == 4
    return tuple(first.input_shape[1:]) if first is not None and is_image else ()


def features(case: Case) -> int:
    """Numbers of an example where a Dense layer reads it; 0 where another layer does."""
    first = next((layer for layer in case.program.layers if layer.kind != "InputLayer" and layer.parameters), None)
    is_flat = first is not None and first.kind == "Dense" and len(first.input_shape) == 2
    return int(first.input_shape[1] or 0) if first is not None and is_flat else 0


def reads_images(case: Case) -> bool:
    """Whether the network begins with a convolution of images whose channels come last."""
    return image_shape(case)[-1:] in ((1,), (3,), (4,))


def narrow_layer(case: Case) -> Layer | None:
    """The layer that the finding is about, or else the hidden layer with the fewest units."""
    place = case.finding.where.layer
    named = case.program.layer(place) if place else None
    if named is not None and units_of(named):
        return named
    hidden = [layer for layer in case.hidden("Dense", "Conv1D", "Conv2D") if units_of(layer)]
    return min(hidden, key=units_of, default=None)


def _class(setting: object) -> str:
    return str(setting.get("class_name")) if isinstance(setting, Mapping) else str(setting)
