"""How rules read what was watched inside the training step: by statistic, by layer, in the order of the network."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from vandap.core.finding import Where
from vandap.core.program import Layer, Program
from vandap.core.signals import Series
from vandap.diagnose.network import setting
from vandap.diagnose.reading import names

RELU = ("relu", "relu6")
BOUNDED = ("sigmoid", "tanh", "hard_sigmoid", "hard_tanh", "softsign")
SCALE_FREE = ("Adam", "AdamW", "Nadam", "Adamax", "RMSprop", "Adagrad", "Adadelta", "Lion", "LossScaleOptimizer")
"""Optimisers that divide by the gradient's size, so that the length of their steps is the learning rate's."""

USUAL_RATES: Mapping[str, tuple[float, float]] = {
    "SGD": (1e-4, 1.0),
    "Adagrad": (1e-3, 1.0),
    "Adadelta": (0.05, 2.0),
    "Ftrl": (1e-3, 1.0),
    "Lion": (1e-7, 1e-3),
    "Adafactor": (1e-5, 0.1),
    "Muon": (1e-5, 0.1),
}
"""Lowest and highest rates that an optimiser is usually run with; any other: 1e-6 to 0.01."""


def statistic(series: Series | None, name: str) -> np.ndarray:
    """Return one statistic of every probe and item, shape `(probes, items)`; empty where it was not measured."""
    if series is None or series.values.ndim != 3:
        return np.zeros((0, 0))
    labels = list(series.labels.values())[-1] if series.labels else ()
    if name not in labels or labels.index(name) >= series.values.shape[2]:
        return np.zeros((0, 0))
    return np.asarray(series.values[:, :, labels.index(name)], dtype=np.float64)


def fact(series: Series | None, name: str) -> np.ndarray:
    """Return one fact of every item, shape `(items,)`, from a signal `(item, fact)`; empty where not measured."""
    if series is None or series.values.ndim != 2:
        return np.zeros(0)
    labels = list(series.labels.values())[-1] if series.labels else ()
    if name not in labels or labels.index(name) >= series.values.shape[1]:
        return np.zeros(0)
    return np.asarray(series.values[:, labels.index(name)], dtype=np.float64)


def items(series: Series | None) -> tuple[str, ...]:
    """Return the layers or variables that a probed signal describes."""
    if series is None or series.values.ndim < 2:
        return ()
    return names(series, 1 if series.values.ndim == 3 or "probe" in series.labels else 0)


def layer_of(program: Program | None, variable: str) -> Layer | None:
    """Return the layer that holds a variable: a variable's name is its layer's path and its own name."""
    if program is None:
        return None
    holders = [layer for layer in program.layers if layer.path and variable.startswith(f"{layer.path}/")]
    return max(holders, key=lambda layer: len(layer.path), default=None)


def at_layer(program: Program | None, path: str) -> Where:
    """The place of a finding in a layer, with its line where the structure is known."""
    layer = program.layer(path) if program is not None else None
    return layer.where() if layer is not None else Where("model", path)


def at_variable(program: Program | None, variable: str) -> Where:
    """The place of a finding in the layer of a variable."""
    layer = layer_of(program, variable)
    return layer.where() if layer is not None else Where("model", variable.rpartition("/")[0] or variable)


def at_compile(program: Program | None) -> Where:
    """The call of `compile` as a place."""
    site = program.compile.site if program is not None else None
    return Where("compile", None, site.file, site.line) if site is not None else Where("compile")


def at_optimizer(program: Program | None) -> Where:
    """The line of the optimiser's settings as a place."""
    return program.compile.at_optimizer() if program is not None else Where("compile")


def at_fit(program: Program | None) -> Where:
    """The call of `fit` as a place."""
    site = program.fit.site if program is not None else None
    return Where("fit", None, site.file, site.line) if site is not None else Where("fit")


def at_data(program: Program | None) -> Where:
    """The data that `fit` was given as a place."""
    return replace(at_fit(program), component="data")


def is_kernel(variable: str) -> bool:
    """Whether a variable is a matrix of weights, whose size before the step is a fair scale for its change."""
    name = variable.rpartition("/")[2].partition("#")[0].partition(":")[0]
    return any(word in name for word in ("kernel", "embeddings", "weight")) and "bias" not in name


def learning_rate(program: Program | None) -> float:
    """The learning rate that `compile` was given, of a schedule its highest; NaN where it is not known."""
    return program.compile.highest_rate if program is not None else math.nan


def update_sizes(update_ratio: Series | None) -> np.ndarray:
    """Return, for each probe, the median over weight matrices of update over weight; NaN where none was measured.

    Variables that start at zero have no scale: only finite ratios of matrices count. A probe between two updates, where
    gradients of several steps are added up, or while a rate is still 0, counts as not measured.
    """
    if update_ratio is None or update_ratio.values.ndim != 2:
        return np.zeros(0)
    kernels = [place for place, name in enumerate(items(update_ratio)) if is_kernel(name)]
    values = np.asarray(update_ratio.values, dtype=np.float64)[:, kernels]
    finite = [row[np.isfinite(row)] for row in values]
    sizes = np.array([np.median(row) if row.size else np.nan for row in finite])
    between = np.array([not row.any() for row in finite], dtype=bool)
    return np.where(between, np.nan, sizes) if not between.all() else sizes


def updates_of(program: Program | None, steps: float) -> float:
    """Return how often that many steps change the weights: less often where gradients of several are added up."""
    settings = program.compile.settings if program is not None else {}
    added = setting(settings, "gradient_accumulation_steps")
    return steps / added if added > 1 else steps


def depth_profile(gradients: Series, program: Program | None) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the layers with weight matrices, in the order of the network, and the mean gradient of each.

    It is the median over the first half of the probes of the largest matrix' mean absolute gradient. Embeddings are
    left out, because most of their rows rest in each step.
    """
    values = statistic(gradients, "mean_absolute")
    early = values[: max((len(values) + 1) // 2, 1)]
    sizes: dict[str, float] = {}
    for place, variable in enumerate(items(gradients)[: early.shape[1]]):
        known = early[np.isfinite(early[:, place]), place]
        if known.size and is_kernel(variable) and "embeddings" not in variable:
            layer = layer_of(program, variable)
            path = layer.path if layer is not None else variable.rpartition("/")[0]
            sizes[path] = max(sizes.get(path, 0.0), float(np.median(known)))
    order = {layer.path: layer.index for layer in program.layers} if program is not None else {}
    layers = tuple(sorted(sizes, key=lambda path: order.get(path, 0)))
    return layers, np.array([sizes[path] for path in layers])
