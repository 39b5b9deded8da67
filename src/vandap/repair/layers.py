"""What remedies read of the layers of a training."""

from __future__ import annotations

from collections.abc import Mapping

from vandap.core.program import Layer
from vandap.repair.remedy import Case

_DEFAULT = "GlorotUniform"


def of_kind(case: Case, *kinds: str) -> tuple[Layer, ...]:
    """The layers of these classes."""
    return tuple(layer for layer in case.program.layers if layer.kind in kinds)


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


def regularised(case: Case) -> tuple[str, ...]:
    """Paths of the layers with a penalty on their kernels."""
    return tuple(layer.path for layer in case.program.layers if layer.settings.get("kernel_regularizer"))


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
