"""What to look at in a model's train step: its layers, its trained variables and its optimisers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras

from vandap.watch.names import variable_paths, walk

BOUNDS = {
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "hard_tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
}
"""Activations that saturate, with their bounds."""


@dataclass(frozen=True)
class LayerTarget:
    """One layer that a probe looks at.

    Args:
        layer: The Keras layer.
        path: Its path.
        bounds: Bounds of its activation, where that saturates.
        axis: Axis of its units.
    """

    layer: Any
    path: str
    bounds: tuple[float, float] | None
    axis: int


@dataclass(frozen=True)
class Targets:
    """What a probe looks at.

    Args:
        layers: All layers but models and inputs.
        variables: Paths of the trainable variables, in the order of `model.trainable_variables`.
        paths: Path of each of them by `id(variable)`.
        optimizers: The model's optimisers; models with hand-written train steps may hold several.
    """

    layers: tuple[LayerTarget, ...]
    variables: tuple[str, ...]
    paths: dict[int, str]
    optimizers: tuple[Any, ...]

    @classmethod
    def of(cls, model: Any) -> Targets:
        """Find what to look at in a built model."""
        all_paths = variable_paths(model)
        paths = {id(one): all_paths.get(id(one), one.path) for one in model.trainable_variables}
        layers = tuple(
            LayerTarget(layer, path, bounds_of(layer), unit_axis(layer))
            for layer, path, _ in walk(model)
            if not isinstance(layer, (keras.Model, keras.layers.InputLayer))
        )
        return cls(layers, tuple(paths.values()), paths, _optimizers(model))

    @property
    def key(self) -> tuple[int, ...]:
        """Equal for two targets of the same layers, variables and optimisers."""
        return (*(id(target.layer) for target in self.layers), *self.paths, *map(id, self.optimizers))

    @property
    def by_path(self) -> dict[str, LayerTarget]:
        """The layers by path."""
        return {target.path: target for target in self.layers}


def bounds_of(layer: Any) -> tuple[float, float] | None:
    """Bounds of the activation that a layer applies last, where that saturates."""
    inner = layer
    if hasattr(layer, "forward_layer"):
        if getattr(layer, "merge_mode", None) not in ("concat", "ave"):
            return None
        inner = layer.forward_layer
    inner = getattr(inner, "cell", inner)
    return BOUNDS.get(getattr(getattr(inner, "activation", None), "__name__", ""))


def unit_axis(layer: Any) -> int:
    """The axis of a layer's output that counts its units: the channels."""
    return 1 if getattr(layer, "data_format", None) == "channels_first" else -1


def loss_scale(optimizer: Any, dynamic: Any) -> Any:
    """What an optimiser multiplies the loss by.

    Args:
        optimizer: A Keras optimiser.
        dynamic: Reads the variable of a scale that changes during training.
    """
    if hasattr(optimizer, "dynamic_scale"):
        return dynamic(optimizer.dynamic_scale)
    return optimizer.loss_scale_factor or 1.0


def innermost(optimizer: Any) -> Any:
    """The optimiser that holds the learning rate."""
    while hasattr(optimizer, "inner_optimizer"):
        optimizer = optimizer.inner_optimizer
    return optimizer


def _optimizers(model: Any) -> tuple[Any, ...]:
    found = [getattr(model, "optimizer", None), *vars(model).values()]
    unique = {id(one): one for one in found if isinstance(one, keras.optimizers.Optimizer)}
    return tuple(unique.values())
