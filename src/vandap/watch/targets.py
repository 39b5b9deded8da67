"""What to look at in a model's train step: its layers, its trained variables and its optimisers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras

from vandap.watch.names import variable_paths, walk
from vandap.watch.statistics import bounds_of, unit_axis


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
        places: Place in `variables` by `id(variable)`.
        optimizers: The model's optimisers; models with hand-written train steps may hold several.
    """

    layers: tuple[LayerTarget, ...]
    variables: tuple[str, ...]
    places: dict[int, int]
    optimizers: tuple[Any, ...]

    @classmethod
    def of(cls, model: Any) -> Targets:
        """Find what to look at in a built model."""
        paths = variable_paths(model)
        trained = model.trainable_variables
        return cls(
            tuple(
                LayerTarget(layer, path, bounds_of(layer), unit_axis(layer))
                for layer, path, _ in walk(model)
                if not isinstance(layer, (keras.Model, keras.layers.InputLayer))
            ),
            tuple(paths.get(id(variable), variable.path) for variable in trained),
            {id(variable): place for place, variable in enumerate(trained)},
            _optimizers(model),
        )

    @property
    def key(self) -> tuple[int, ...]:
        """Equal for two targets of the same layers and variables."""
        return (*(id(target.layer) for target in self.layers), *self.places, *(id(one) for one in self.optimizers))


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
