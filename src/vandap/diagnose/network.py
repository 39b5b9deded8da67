"""How rules read a program's layers: what feeds what, which layer gives an output, and what values it can give.

A subclassed model shows its layers and the order of their calls, but not what its own code does between two of them
(`keras.ops.relu(self.dense(x))`). So a rule that would blame the lack of something asks `Graph.is_open` first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from vandap.core.program import Layer, Loss, Program

MAPS = frozenset(
    {"Dense", "EinsumDense"}
    | {f"Conv{rank}D{kind}" for rank in (1, 2, 3) for kind in ("", "Transpose")}
    | {f"{kind}Conv{rank}D" for rank in (1, 2) for kind in ("Separable", "Depthwise")}
)
"""Layers that are linear but for their activation."""
CONVOLUTIONS = frozenset(name for name in MAPS if "Conv" in name)
RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"})
DROPOUTS = frozenset(
    {"Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "GaussianDropout", "AlphaDropout"}
)
NORMALISERS = frozenset(
    {"BatchNormalization", "LayerNormalization", "GroupNormalization", "UnitNormalization", "RMSNormalization",
     "SpectralNormalization"}
)  # fmt: skip
SCALERS = frozenset(
    {"Rescaling", "Normalization", "Discretization", "Hashing", "CategoryEncoding", "StringLookup", "IntegerLookup",
     "TextVectorization", "HashedCrossing", "MelSpectrogram", "STFTSpectrogram"}
)  # fmt: skip
SHAPERS = frozenset(
    {"Reshape", "Flatten", "Permute", "RepeatVector", "Identity", "ActivityRegularization", "Masking", "InputLayer"}
    | {f"{kind}{rank}D" for rank in (1, 2, 3) for kind in ("Cropping", "ZeroPadding", "UpSampling")}
)
"""Layers that move values and change none."""
MAX_POOLS = frozenset({f"{kind}MaxPooling{rank}D" for rank in (1, 2, 3) for kind in ("", "Global")})
AVERAGE_POOLS = frozenset({f"{kind}AveragePooling{rank}D" for rank in (1, 2, 3) for kind in ("", "Global")})
MERGES = frozenset({"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"})
ACTIVATIONS = frozenset({"Activation", "ReLU", "Softmax", "LeakyReLU", "PReLU", "ELU"})

RANGES: Mapping[str, tuple[float, float]] = {
    **dict.fromkeys(("linear", "leaky_relu", "prelu"), (-math.inf, math.inf)),
    **dict.fromkeys(("sigmoid", "hard_sigmoid", "softmax", "sparsemax", "sparse_sigmoid"), (0.0, 1.0)),
    **dict.fromkeys(("tanh", "hard_tanh", "softsign"), (-1.0, 1.0)),
    **dict.fromkeys(("relu", "softplus", "exponential"), (0.0, math.inf)),
    **dict.fromkeys(("log_softmax", "log_sigmoid"), (-math.inf, 0.0)),
    "relu6": (0.0, 6.0),
    "elu": (-1.0, math.inf),
    "selu": (-1.76, math.inf),
}
"""The values that an activation function can give."""
_GRAPHS = ("Sequential", "Functional")


def setting(settings: Mapping[str, Any], name: str) -> float:
    """Return a numeric setting; NaN where it is missing, or no finite number."""
    value = settings.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return math.nan
    return float(value)


def described(settings: Mapping[str, Any], name: str) -> tuple[str, Mapping[str, Any]]:
    """Return class and settings of an object among the settings (an initialiser, a regulariser, a schedule ...).

    Returns:
        Its class name, "" where there is none, and its own settings.
    """
    value = settings.get(name)
    if isinstance(value, str):
        return value, {}
    if not isinstance(value, Mapping):
        return "", {}
    config = value.get("config")
    return str(value.get("class_name") or ""), config if isinstance(config, Mapping) else {}


def activation(layer: Layer) -> str | None:
    """Return the activation that a layer applies, that of the layer inside a `TimeDistributed` too."""
    if layer.kind == "ReLU" and setting(layer.settings, "negative_slope") > 0:
        return "leaky_relu"
    if layer.activation is None and layer.kind == "TimeDistributed":
        inner = described(layer.settings, "layer")[1].get("activation")
        return inner if isinstance(inner, str) else None
    return layer.activation


def kind(layer: Layer) -> str:
    """Return the class of a layer, of the layer inside a `TimeDistributed` where it is one."""
    return described(layer.settings, "layer")[0] if layer.kind == "TimeDistributed" else layer.kind


def units(layer: Layer) -> float:
    """Return the size of a layer's last output axis; NaN where it is not known."""
    size = layer.output_shape[-1] if layer.output_shape else None
    return float(size) if size else math.nan


@dataclass(frozen=True)
class Head:
    """The end of the network that a loss is computed from.

    Args:
        loss: The loss.
        layer: The last layer that computes values.
        activation: The activation that it applies; None where it is not known what values come out.
        shape: Shape of the output with None for free axes; () where it is not known.
        before: Activation of the layer before, where `layer` is an activation layer; None otherwise.
        is_sure: Whether nothing unseen can follow `layer`: the user's own `call` may apply more to its result.
    """

    loss: Loss
    layer: Layer
    activation: str | None
    shape: tuple[int | None, ...]
    before: str | None = None
    is_sure: bool = True

    @property
    def units(self) -> float:
        """Size of the last axis; NaN where it is not known."""
        size = self.shape[-1] if len(self.shape) > 1 else None
        return float(size) if size else math.nan

    @property
    def is_sequence(self) -> bool:
        """Whether there is an answer for each step or pixel of an example."""
        return len(self.shape) > 2

    @property
    def range(self) -> tuple[float, float] | None:
        """Lowest and highest value that can come out; None where that is not known."""
        return RANGES.get(self.activation or "")


class Graph:
    """The layers that compute, and what feeds what. Nested models are dissolved.

    Args:
        program: The program.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self._holders = {layer.parent for layer in program.layers if layer.parent}
        self._by_name: dict[tuple[str, str], Layer] = {}
        self._children: dict[str, list[Layer]] = {}
        for layer in program.layers:
            self._by_name.setdefault((layer.parent, layer.name), layer)
            self._children.setdefault(layer.parent, []).append(layer)

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """Layers that compute: neither inputs nor models that hold others."""
        return tuple(item for item in self.program.layers if not self._is_frame(item))

    @cached_property
    def is_known(self) -> bool:
        """Whether the connections are known; a single layer has none to know."""
        connected = len(self.layers) == 1 or any(layer.inputs for layer in self.program.layers)
        return bool(self.program.outputs) and connected

    @cached_property
    def _edges(self) -> tuple[dict[int, list[Layer]], dict[int, list[Layer]]]:
        before: dict[int, list[Layer]] = {}
        after: dict[int, list[Layer]] = {}
        for layer in self.layers:
            before[id(layer)] = list(self._feeding(layer, frozenset()))
            for other in before[id(layer)]:
                after.setdefault(id(other), []).append(layer)
        return before, after

    @cached_property
    def _open(self) -> frozenset[str]:
        """Paths of the holders whose own code decides what happens between their layers."""
        known = {layer.parent for layer in self.program.layers if layer.kind == "InputLayer"}
        known |= {layer.path for layer in self.program.layers if layer.kind in _GRAPHS}
        if self.program.model in _GRAPHS:
            known.add("")
        return frozenset({"", *self._holders} - known)

    def is_open(self, layer: Layer) -> bool:
        """Whether the user's own code, which is not seen, may do something before or after this layer."""
        return layer.parent in self._open or layer.path in self._open

    def before(self, layer: Layer) -> list[Layer]:
        """Layers whose outputs enter this one."""
        return self._edges[0].get(id(layer), [])

    def after(self, layer: Layer) -> list[Layer]:
        """Layers that this one's output enters."""
        return self._edges[1].get(id(layer), [])

    def upstream(self, layer: Layer) -> Iterator[Layer]:
        """Layers on the way back from this one, nearest first, as long as there is one way only."""
        return self._chain(layer, self.before)

    def downstream(self, layer: Layer) -> Iterator[Layer]:
        """Layers on the way on from this one, nearest first, as long as there is one way only."""
        return self._chain(layer, self.after)

    def _chain(self, layer: Layer, step: Any) -> Iterator[Layer]:
        seen = {id(layer)}
        while len(following := step(layer)) == 1 and id(following[0]) not in seen:
            layer = following[0]
            seen.add(id(layer))
            yield layer

    @cached_property
    def first(self) -> tuple[Layer, ...]:
        """Layers that read the model's inputs; without known connections, the first layer that has weights."""
        if not self.is_known:
            return tuple(item for item in self.layers if item.parameters)[:1]
        return tuple(item for item in self.layers if not self.before(item))

    @cached_property
    def last(self) -> tuple[Layer, ...]:
        """Layers that give the model's outputs."""
        outputs = [self._by_name.get(("", name)) for name in self.program.outputs]
        return tuple(item for output in outputs if output for item in self._giving(output, frozenset()))

    @cached_property
    def heads(self) -> tuple[Head, ...]:
        """The head of every output that has a loss, where it is known."""
        return tuple(head for loss in self.program.compile.losses if loss.kind and (head := self._head(loss)))

    def _head(self, loss: Loss) -> Head | None:
        names = [loss.output, *self.program.outputs[:1]] if len(self.program.outputs) == 1 else [loss.output]
        output = next((item for name in names if (item := self._by_name.get(("", name)))), None)
        ends = list(self._giving(output, frozenset())) if output else []
        if len(ends) != 1 or not self.is_known:
            return None
        shape = output.output_shape if output and output.output_shape else ends[0].output_shape
        for layer in [ends[0], *self.upstream(ends[0])]:
            if not _passes(layer):
                sure = not self.is_open(layer) and not (output and self.is_open(output))
                return Head(loss, layer, _known_activation(layer), shape, self._activation_before(layer), sure)
        return None

    def _activation_before(self, layer: Layer) -> str | None:
        if layer.kind not in ACTIVATIONS:
            return None
        for other in self.upstream(layer):
            if kind(other) not in SHAPERS | DROPOUTS:
                return _known_activation(other)
        return None

    def _is_frame(self, layer: Layer) -> bool:
        return layer.path in self._holders or layer.kind == "InputLayer"

    def _feeding(self, layer: Layer, seen: frozenset[int]) -> Iterable[Layer]:
        """Layers that compute and feed this one, through the borders of nested models."""
        if id(layer) in seen:
            return
        seen |= {id(layer)}
        for name in layer.inputs:
            if other := self._by_name.get((layer.parent, name)):
                yield from self._giving(other, seen)
        if not layer.inputs and layer.parent and self._is_entry(layer):
            holder = next((item for item in self.program.layers if item.path == layer.parent), None)
            if holder:
                yield from self._feeding(holder, seen)

    def _is_entry(self, layer: Layer) -> bool:
        """Whether a layer without inputs is the only entry of the nested model that holds it."""
        free = [item for item in self._children[layer.parent] if not item.inputs]
        return len(free) == 1 and free[0] is layer

    def _giving(self, layer: Layer, seen: frozenset[int]) -> Iterable[Layer]:
        """Layers that compute what comes out of this one, which may be an input or a model that holds others."""
        if not self._is_frame(layer):
            yield layer
        elif layer.path not in self._holders:
            yield from self._feeding(layer, seen)
        elif id(layer) not in seen:
            inside = self._children[layer.path]
            fed = {name for item in inside for name in item.inputs}
            for item in inside:
                if item.name not in fed and (len(inside) == 1 or item.inputs):
                    yield from self._giving(item, seen | {id(layer)})


def is_operation(layer: Layer) -> bool:
    """Whether this is a bare operation of Keras (`x / 255`, `keras.ops.relu(x)`) and no layer."""
    return "arguments" in layer.settings and layer.module.startswith("keras.src.ops")


def _passes(layer: Layer) -> bool:
    """Whether a layer leaves the range of the values as it is."""
    identity = layer.kind == "Activation" and layer.activation in (None, "linear")
    return identity or kind(layer) in SHAPERS | DROPOUTS | AVERAGE_POOLS


def _known_activation(layer: Layer) -> str | None:
    """The activation that bounds a layer's output; None where something else decides what comes out."""
    bounds = kind(layer) in MAPS | ACTIVATIONS | {"LSTM", "GRU", "SimpleRNN"} or is_operation(layer)
    return activation(layer) if bounds and not layer.is_custom else None
