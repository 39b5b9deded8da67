"""Weights that start all alike, or at a scale that drowns or blows up the signal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from vandap.core.finding import Finding, Severity, Threshold
from vandap.core.program import Layer, Program
from vandap.core.signals import Series
from vandap.diagnose.network import MAPS, NORMALISERS, Graph, described, kind, setting, units
from vandap.diagnose.progress import Progress
from vandap.diagnose.reading import number
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.symptoms import SHOWN

_CONSTANT = ("Zeros", "Ones", "Constant", "zeros", "ones", "constant")


class BadWeightInit(Rule):
    """The weights of a layer start all alike, or far too small or too large.

    ## What it finds
    A trained hidden layer whose kernel starts at one constant (zeros, ones): its units start as copies of each other.
    A kernel whose deviation times the root of its inputs is far from 1, with no normalisation after it, as by
    `RandomNormal(stddev=1)` on a wide layer; where the model's own code may correct that, only if the first loss is far
    beyond that of knowing nothing. Zeros in the last layer, in the last layer of a residual branch or in a gate are a
    known and good choice and no fault. If the training makes its way all the same, it is only a tip.

    ## Why it matters
    Units that start alike answer alike, and differ later only by what the layers behind them send back: where these
    start alike, too, or where a ReLU of zeros sends nothing back, the layer has one unit in effect, or none. A signal
    that shrinks or grows a hundredfold a layer leaves no gradient, or saturates the output before the first step.

    ## What to do
    Leave the initialiser away (Glorot), or take `he_normal` for ReLU and `lecun_normal` for SELU.

    ## References
    - Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks (2010)
    - He et al., Delving Deep into Rectifiers (2015)
    - NeuraLint: Nikanjam et al. (2021), rule "zero or constant initialisation"
    """

    code = "B6"
    status = "stable"
    remedies = ("use-standard-initialiser",)
    explains = SHOWN
    smallest = Threshold(0.01, "deviation times root of inputs; 1 keeps the scale, and two such layers lose it all")
    largest = Threshold(10, "the same, upwards: a tenfold signal saturates any output")
    blown_up = Threshold(12, "times the best constant answer's loss at first: more than an undecided network ever has")
    harmless = Threshold(0.8, "share of what there is to learn beyond which an odd start has cost little")

    def check(self, program: Program, weight_change: Series | None = None, progress: Progress | None = None) -> Outcome:
        """Look at the initialiser of every trained kernel that is not in the last layer."""
        graph = Graph(program)
        kernels = [layer for layer in graph.layers if layer.trainable and described(layer.settings, _KERNEL)[0]]
        if not kernels:
            return CannotTell("The program shows no layer with an initialiser.")
        hidden = [layer for layer in kernels if _is_hidden(graph, layer)]
        constant = [layer for layer in hidden if _is_constant(layer, weight_change)]
        if constant:
            return self._constant(constant[0], len(constant), progress)
        scales = [(layer, _gain(layer)) for layer in hidden if not _is_normalised(graph, layer)]
        known = [(layer, gain) for layer, gain in scales if self._is_odd(gain, graph.is_open(layer), progress)]
        if known:
            return self._scale(*max(known, key=lambda item: abs(math.log(max(item[1], 1e-12)))), progress)
        return Clear(f"{len(kernels)} kernels start at random, at a scale between the thresholds.")

    def _is_odd(self, gain: float, is_open: bool, progress: Progress | None) -> bool:
        """Whether a scale is far from 1; where code of the model's own may correct it, the first loss must show it."""
        if is_open:
            blown_up = progress is not None and progress.start > self.blown_up.value * progress.trivial
            return self.largest.value < gain < math.inf and blown_up
        return math.isfinite(gain) and not self.smallest.value <= gain <= self.largest.value

    def _constant(self, layer: Layer, count: int, progress: Progress | None) -> Finding:
        name, config = described(layer.settings, _KERNEL)
        harmless = self._is_harmless(progress)
        return self.found(
            f"The {units(layer):.0f} units of {layer.name} start alike ({_shown(name, config)}) and answer alike, "
            "until layers behind it, if these start at random, draw them apart; kernels like this: "
            f"{count}.",
            {"layers": count, "deviation": 0.0},
            severity=Severity.TIP if harmless else Severity.ISSUE,
            confidence=0.5 if harmless else 0.95,
            where=layer.where(),
        )

    def _is_harmless(self, progress: Progress | None) -> bool:
        return progress is not None and progress.learnt > self.harmless.value

    def _scale(self, layer: Layer, gain: float, progress: Progress | None) -> Finding:
        harmless = self._is_harmless(progress)
        return self.found(
            f"{layer.name} starts at a scale that multiplies the signal by about {gain:.2g} "
            f"({_shown(*described(layer.settings, _KERNEL))}; thresholds {self.smallest.value:g} and "
            f"{self.largest.value:g}).",
            {"gain": gain},
            severity=Severity.TIP if harmless else Severity.ISSUE,
            confidence=0.5 if harmless else 0.8,
            where=layer.where(),
        )


_KERNEL = "kernel_initializer"


def _is_hidden(graph: Graph, layer: Layer) -> bool:
    """Whether another layer with weights follows; the last of a branch that enters a sum or a gate does not count."""
    for other in _following(graph, layer):
        if other.kind in ("Add", "Average", "Multiply"):
            return False
        if other.parameters and other.kind not in NORMALISERS:
            return True
    return False


def _following(graph: Graph, layer: Layer) -> Iterator[Layer]:
    if graph.is_known and graph.after(layer):
        yield from graph.downstream(layer) if len(graph.after(layer)) == 1 else graph.after(layer)
    elif not graph.is_known:
        yield from graph.layers[graph.layers.index(layer) + 1 :]


def _is_constant(layer: Layer, weight_change: Series | None) -> bool:
    name, config = described(layer.settings, _KERNEL)
    spread = setting(config, "stddev") == 0 or (name == "RandomUniform" and _uniform(config)[1] == 0)
    if name not in _CONSTANT and not spread:
        return False
    loaded = number(weight_change, f"{layer.path}/kernel", "start_deviation") > 0
    return units(layer) != 1 and not loaded


def _is_normalised(graph: Graph, layer: Layer) -> bool:
    return any(other.kind in NORMALISERS for other in graph.after(layer))


def _gain(layer: Layer) -> float:
    """By how much the layer multiplies the deviation of inputs of deviation 1 and mean 1; NaN where not known."""
    name, config = described(layer.settings, _KERNEL)
    if kind(layer) not in MAPS:
        return math.nan
    inputs = _fan_in(layer)
    if name in ("RandomNormal", "TruncatedNormal", "random_normal", "truncated_normal"):
        mean, deviation = setting(config, "mean"), setting(config, "stddev")
    elif name in ("RandomUniform", "random_uniform"):
        mean, deviation = _uniform(config)
    elif name == "VarianceScaling" and config.get("mode") == "fan_in":
        return math.sqrt(max(setting(config, "scale"), 0.0))
    else:
        return math.nan
    mean = 0.0 if math.isnan(mean) else mean
    return float(np.hypot(deviation * math.sqrt(inputs), mean * inputs)) if inputs > 0 else math.nan


def _uniform(config: Mapping[str, Any]) -> tuple[float, float]:
    low, high = setting(config, "minval"), setting(config, "maxval")
    return (low + high) / 2, abs(high - low) / math.sqrt(12)


def _fan_in(layer: Layer) -> float:
    size = layer.settings.get("kernel_size")
    window = [item for item in size if isinstance(item, int)] if isinstance(size, list | tuple) else []
    channels = layer.input_shape[-1] if layer.input_shape else None
    groups = setting(layer.settings, "groups")
    inputs = float(channels or math.nan) * math.prod(window)
    return inputs / groups if groups >= 1 else inputs


def _shown(name: str, config: Mapping[str, Any]) -> str:
    numbers = [f"{key}={value:g}" for key in config if math.isfinite(value := setting(config, key)) and key != "seed"]
    return f"{name}({', '.join(numbers)})"
