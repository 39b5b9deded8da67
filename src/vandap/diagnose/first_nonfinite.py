"""Where the first value that is not finite arose: going forwards, going backwards, or in the weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vandap.core.finding import Where
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.watched import at_compile, at_layer, at_variable, items, statistic


@dataclass(frozen=True)
class Offender:
    """The first place of a value that is not finite.

    Args:
        phrase: One sentence that says it.
        where: The place.
        step: Optimiser steps that were done before; NaN where that is not known.
    """

    phrase: str
    where: Where
    step: float


def first_nonfinite(
    probe_step: Series | None,
    activations: Series | None,
    gradients: Series | None,
    weights: Series | None,
    program: Program | None,
) -> Offender | None:
    """Find the first probe with a value that is not finite, and in it the place where that value arose.

    A value that breaks going forwards breaks all later layers, and one that breaks going backwards all earlier ones. So
    the first layer names the place going forwards, and the last variable going backwards.
    """
    counts = {
        "weights": statistic(weights, "nonfinite") > 0,
        "activations": statistic(activations, "nonfinite") > 0,
        "gradients": statistic(gradients, "nonfinite") > 0,
    }
    probes = [int(np.argmax(bad.any(axis=1))) for bad in counts.values() if bad.any()]
    if not probes:
        return None
    probe = min(probes)
    step = _step(probe_step, probe)
    if _bad(counts["weights"], probe).any():
        return _in_weights(_bad(counts["weights"], probe), items(weights), activations, probe, program, step)
    if _bad(counts["activations"], probe).any():
        layer = items(activations)[int(np.argmax(_bad(counts["activations"], probe)))]
        text = f"After {step:.0f} steps the output of {layer} is the first, going forwards, that is not finite."
        return Offender(text, at_layer(program, layer), step)
    bad = _bad(counts["gradients"], probe)
    if bad.all():
        text = f"After {step:.0f} steps every gradient is not finite and every activation is: the loss itself broke."
        return Offender(text, at_compile(program), step)
    variable = items(gradients)[int(np.flatnonzero(bad)[-1])]
    text = f"After {step:.0f} steps the gradient of {variable} is the first, going backwards, that is not finite."
    return Offender(text, at_variable(program, variable), step)


def _in_weights(
    bad: np.ndarray,
    names: tuple[str, ...],
    activations: Series | None,
    probe: int,
    program: Program | None,
    step: float,
) -> Offender:
    """Weights are broken: name the variable if it is one among others, else the layer that was largest before."""
    if not bad.all():
        variable = names[int(np.argmax(bad))]
        text = f"After {step:.0f} steps the weights of {variable} are not finite, and others still are."
        return Offender(text, at_variable(program, variable), step)
    text, before = f"After {step:.0f} steps no weight is finite.", statistic(activations, "absolute_maximum")
    if probe > 0 and len(before) >= probe and np.isfinite(before[probe - 1]).any():
        place = int(np.nanargmax(np.where(np.isfinite(before[probe - 1]), before[probe - 1], np.nan)))
        layer = items(activations)[place]
        text += f" In the probe before, the largest activation was {before[probe - 1, place]:.3g}, in {layer}."
    return Offender(text, at_compile(program), step)


def _bad(counts: np.ndarray, probe: int) -> np.ndarray:
    return counts[probe] if probe < len(counts) else np.zeros(0, dtype=bool)


def _step(probe_step: Series | None, probe: int) -> float:
    steps = np.zeros(0) if probe_step is None else np.asarray(probe_step.values, dtype=np.float64).ravel()
    return float(steps[probe]) if probe < steps.size else float("nan")
