"""What watching a train step yields: the probes and the facts of each recorded step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

ACTIVATION_STATISTICS = (
    "mean",
    "deviation",
    "absolute_maximum",
    "zero_share",
    "nonfinite",
    "dead_share",
    "saturated_share",
)
GRADIENT_STATISTICS = ("norm", "mean_absolute", "absolute_maximum", "zero_share", "nonfinite")
WEIGHT_STATISTICS = ("norm", "mean", "deviation", "absolute_maximum", "nonfinite", "size")


@dataclass(frozen=True)
class Probe:
    """One look into a train step; the order of statistics is that of the constants of this module.

    Args:
        step: Optimiser steps done before the probed one.
        activations: Statistics of each layer's output, shape (7,), by layer path. Layers that were not called, or only
            inside of a loop or a compiled part that nobody can look into, are absent.
        unit_max: Largest output of each unit (last axis; the channels), shape (units,), by layer path.
        unit_min: Smallest output of each unit.
        examples: Examples in the probed batch; 0 where that is not known.
        gradients: Statistics of the loss's gradient, shape (5,), by variable path; NaN where there was none.
        weights: Statistics of each trainable variable before the step, shape (6,), by variable path.
        update_ratio: Norm of the step's change over the norm before, by variable path; NaN where the norm was 0.
    """

    step: int
    activations: Mapping[str, np.ndarray] = field(default_factory=dict)
    unit_max: Mapping[str, np.ndarray] = field(default_factory=dict)
    unit_min: Mapping[str, np.ndarray] = field(default_factory=dict)
    examples: int = 0
    gradients: Mapping[str, np.ndarray] = field(default_factory=dict)
    weights: Mapping[str, np.ndarray] = field(default_factory=dict)
    update_ratio: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class StepFacts:
    """One recorded step (or one execution of several steps, where `steps_per_execution` bundles them).

    Args:
        step: Optimiser steps done before it.
        loss: Loss of its batch; None where the train step reports none.
        seconds: Wall clock from the end of the step before to its own end, callbacks included.
        wait: Part of `seconds` spent on getting the batch; NaN where it cannot be told (TensorFlow fetches inside of
            the compiled step).
        learning_rate: The optimiser's rate; NaN where it cannot be told.
    """

    step: int
    loss: float | None
    seconds: float
    wait: float
    learning_rate: float
