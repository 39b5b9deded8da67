"""Where the statistics of a probe are taken: inside of the step, or from its tensors on the host."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import ops

from vandap.watch import host, statistics
from vandap.watch.targets import LayerTarget


@dataclass(frozen=True)
class Describer:
    """How tensors that a step shows are described.

    Args:
        activation: Describes a layer's output: statistics, largest and smallest output of each unit.
        gradient: Describes a gradient, given what the loss was multiplied by.
        weight: Describes a variable before and after the step.
    """

    activation: Callable[[Any, LayerTarget], Any]
    gradient: Callable[[Any, Any], Any]
    weight: Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Look:
    """What a probe brought back.

    Args:
        activations: By layer path, what the describer makes of the output.
        gradients: By variable path, what it makes of the gradient.
        weights: By variable path, what it makes of the values before and after.
    """

    activations: Mapping[str, Any]
    gradients: Mapping[str, Any]
    weights: Mapping[str, Any]


INSIDE = Describer(
    lambda output, target: statistics.activation_statistics(output, target.bounds, target.axis),
    statistics.gradient_statistics,
    statistics.weight_statistics,
)
"""Statistics are computed with the step, on its device: nothing large leaves it."""

RAW = Describer(
    lambda output, target: ops.stop_gradient(output),
    lambda gradient, scale: gradient if isinstance(scale, float) and scale == 1.0 else gradient / scale,
    lambda before, after: (before, after),
)
"""Tensors leave a compiled step as they are, to be described on the host after it."""

HOST = Describer(
    lambda output, target: host.activation_statistics(_array(output), target.bounds, target.axis),
    lambda gradient, scale: host.gradient_statistics(_unscaled(_array(gradient), float(scale))),
    lambda before, after: host.weight_statistics(_array(before), _array(after)),
)
"""Statistics are taken by NumPy, of tensors that have values."""


def on_host(look: Look, targets: Mapping[str, LayerTarget]) -> Look:
    """Describe on the host what left a step raw.

    Args:
        look: What `RAW` kept.
        targets: The layers by path.
    """
    return Look(
        {path: HOST.activation(output, targets[path]) for path, output in look.activations.items()},
        {path: HOST.gradient(gradient, 1.0) for path, gradient in look.gradients.items()},
        {path: HOST.weight(before, after) for path, (before, after) in look.weights.items()},
    )


def _array(tensor: Any) -> np.ndarray:
    return np.asarray(ops.convert_to_numpy(tensor)).astype(np.float32, copy=False)


def _unscaled(gradient: np.ndarray, scale: float) -> np.ndarray:
    return gradient if scale == 1.0 else gradient / np.float32(scale)
