"""Watched signals by layer: what was measured of each variable, put together for the layer that holds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vandap.core.program import Program
from vandap.core.signals import SIGNALS
from vandap.report.material import Material


@dataclass(frozen=True, eq=False)
class Traces:
    """One number of each layer at each probe.

    Args:
        steps: Optimiser steps done before each probe, shape `(probes,)`.
        names: The layers, in the order of the network.
        values: Shape `(probes, layers)`; NaN where nothing was measured.
    """

    steps: np.ndarray
    names: tuple[str, ...]
    values: np.ndarray

    def of(self, name: str) -> np.ndarray:
        """The values of one layer, shape `(probes,)`."""
        return self.values[:, self.names.index(name)]


def names(material: Material, signal: str, dimension: str) -> tuple[str, ...]:
    """Return the names along one dimension of a signal, or numbers where it has none; () where it was not measured."""
    series = material.signals.get(signal)
    axis = SIGNALS[signal].dimensions.index(dimension)
    if series is None or series.values.ndim <= axis:
        return ()
    size, known = series.values.shape[axis], tuple(series.labels.get(dimension, ()))
    return known if len(known) == size else tuple(str(index) for index in range(size))


def fact(material: Material, signal: str, name: str) -> np.ndarray:
    """Return one fact or statistic along the last dimension of a signal; empty where it was not measured."""
    series = material.signals.get(signal)
    known = names(material, signal, SIGNALS[signal].dimensions[-1])
    return np.asarray(series.values[..., known.index(name)], float) if series and name in known else np.zeros(0)


def activations(material: Material, statistic: str) -> Traces | None:
    """Return one statistic of the outputs of every layer; None where it was not measured."""
    values = fact(material, "activations", statistic)
    if values.ndim != 2 or not np.isfinite(values).any():
        return None
    layers = names(material, "activations", "layer")
    return _ordered(_steps(material, len(values)), layers, values, material.structure)


def gradients(material: Material) -> Traces | None:
    """Return the gradient's norm over the variables of each layer."""
    return _joined(material, "gradients", "norm", lambda parts: np.sqrt(np.nansum(parts**2, axis=1)))


def weights(material: Material) -> Traces | None:
    """Return the norm over the variables of each layer."""
    return _joined(material, "weights", "norm", lambda parts: np.sqrt(np.nansum(parts**2, axis=1)))


def updates(material: Material) -> Traces | None:
    """Return the step's change over the weight, of the weight matrix of each layer where this is largest."""
    return _joined(material, "update_ratio", None, lambda parts: np.fmax.reduce(parts, axis=1), kernels=True)


def is_kernel(variable: str) -> bool:
    """Whether a variable is a weight matrix, by its name: others may start at zero, so that no ratio has a meaning."""
    name = variable.rpartition("/")[2]
    return any(word in name for word in ("kernel", "embeddings", "weight")) and "bias" not in name


def layer_name(variable: str, program: Program | None) -> str:
    """Return the path of the layer that holds a variable."""
    paths = [layer.path for layer in program.layers] if program is not None else []
    held = [path for path in paths if path and variable.startswith(f"{path}/")]
    return max(held, key=len, default=variable.rpartition("/")[0] or variable)


def _joined(
    material: Material,
    signal: str,
    statistic: str | None,
    join: Callable[[np.ndarray], np.ndarray],
    kernels: bool = False,
) -> Traces | None:
    whole = material.signal(signal) if statistic is None else fact(material, signal, statistic)
    values = np.zeros(0) if whole is None else whole
    if values.ndim != 2 or not np.isfinite(values).any():
        return None
    homes: dict[str, list[int]] = {}
    for place, variable in enumerate(names(material, signal, "variable")):
        if not kernels or is_kernel(variable):
            homes.setdefault(layer_name(variable, material.structure), []).append(place)
    with np.errstate(all="ignore"):
        rows = {home: join(values[:, places]) for home, places in homes.items()}
    unseen = {home: ~np.isfinite(values[:, places]).any(axis=1) for home, places in homes.items()}
    broken = {home: np.isinf(values[:, places]).any(axis=1) for home, places in homes.items()}
    for home, row in rows.items():
        row[unseen[home]], row[broken[home]] = np.nan, np.inf
    if not rows:
        return None
    return _ordered(_steps(material, len(values)), tuple(rows), np.stack(list(rows.values()), 1), material.structure)


def _steps(material: Material, probes: int) -> np.ndarray:
    steps = material.signal("probe_step")
    return steps if steps is not None and steps.shape == (probes,) else np.arange(probes, dtype=float)


def _ordered(steps: np.ndarray, found: tuple[str, ...], values: np.ndarray, program: Program | None) -> Traces | None:
    """Sort by the place in the network and leave out layers of which nothing was measured."""
    order = {layer.path: layer.index for layer in program.layers} if program is not None else {}
    known = [place for place in range(min(len(found), values.shape[1])) if not np.isnan(values[:, place]).all()]
    known.sort(key=lambda place: order.get(found[place], len(order) + place))
    return Traces(steps, tuple(found[place] for place in known), values[:, known]) if known else None
