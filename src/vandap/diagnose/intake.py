"""How a network takes its inputs: scaled first, as numbers of tokens, or raw."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from vandap.core.program import Layer, Program
from vandap.core.signals import Series
from vandap.diagnose.network import (
    DROPOUTS,
    MAPS,
    NORMALISERS,
    RECURRENT,
    SCALERS,
    SHAPERS,
    Graph,
    is_operation,
    kind,
)
from vandap.diagnose.observed import inputs
from vandap.diagnose.reading import number

_ARITHMETIC = frozenset({"TrueDivide", "Divide", "Multiply", "Subtract", "Add", "Normalize", "Log", "Log1p", "Sqrt"})
_SEQUENCES = 3
"""Axes of tokens at most: examples, steps, and several tokens a step."""
_AUGMENTATIONS = ("Random", "Center", "Resizing", "Gaussian", "Auto", "Cast")


@dataclass(frozen=True)
class Intake:
    """What the network does first with an input.

    Args:
        way: `scaled` (a layer or operation changes the scale), `tokens` (looked up in a table), `raw` (straight into a
            layer with weights) or `unknown`.
        layer: The layer that takes it.
        inputs: Names of what enters the first layer: inputs of the model, where it is no model inside the model.
    """

    way: str
    layer: Layer | None = None
    inputs: tuple[str, ...] = ()


LARGEST_PIXEL = 255


@dataclass(frozen=True)
class Scale:
    """The scale of one input: minimum, maximum, mean and deviation of all its numbers; whether these are whole (1)."""

    minimum: float
    maximum: float
    mean: float
    deviation: float
    whole: float = math.nan

    @property
    def size(self) -> float:
        """Root mean square."""
        return math.hypot(self.mean, self.deviation)

    @property
    def may_be_codes(self) -> bool:
        """Whether its numbers may be those of words or categories: whole, from 0, and more than a pixel has."""
        return self.whole == 1 and self.minimum >= 0 and self.maximum > LARGEST_PIXEL

    @property
    def may_be_pixels(self) -> bool:
        """Whether its numbers may be those of pixels: from 0 to at most 255."""
        return 0 <= self.minimum <= self.maximum <= LARGEST_PIXEL

    @property
    def is_known(self) -> bool:
        """Whether the input was observed and has finite numbers."""
        return all(map(math.isfinite, (self.minimum, self.maximum, self.mean, self.deviation)))


def scales(input_statistics: Series | None) -> dict[str, Scale]:
    """Return the scale of every observed input."""
    facts = ("minimum", "maximum", "mean", "deviation", "whole")
    found = {
        name: Scale(*(number(input_statistics, name, fact) for fact in facts)) for name in inputs(input_statistics)
    }
    return {name: scale for name, scale in found.items() if scale.is_known}


def intakes(program: Program) -> tuple[Intake, ...]:
    """Return what happens first to the inputs: one for each layer that reads one."""
    graph = Graph(program)
    return tuple(replace(_intake(graph, layer), inputs=layer.inputs) for layer in graph.first)


def ways_of(ways: tuple[Intake, ...], name: str) -> tuple[Intake, ...]:
    """Those of an input; all, where none is known to be its own."""
    return tuple(item for item in ways if name in item.inputs) or ways


def unscaled(program: Program, input_statistics: Series | None) -> dict[str, Layer | None]:
    """Return the observed inputs that may enter as they are, each with the layer that takes it, where it is known.

    Whole numbers beside a table to look them up in are no amounts, unless they are images.
    """
    ways, found = intakes(program), {}
    for name in scales(input_statistics):
        own = ways_of(ways, name)
        open_ = [item for item in own if item.way not in ("scaled", "tokens")]
        may_be_rows = any(item.way == "tokens" for item in own) and not _is_amount(input_statistics, name)
        if (open_ or not own) and not may_be_rows:
            found[name] = next((item.layer for item in open_ if item.layer), None)
    return found


def _is_amount(input_statistics: Series | None, name: str) -> bool:
    """Whether an input surely has a scale: fractions, or the four axes of images."""
    return number(input_statistics, name, "whole") == 0 or number(input_statistics, name, "rank") > _SEQUENCES


def _intake(graph: Graph, first: Layer) -> Intake:
    for layer in [first, *graph.downstream(first)]:
        if kind(layer) in SHAPERS | DROPOUTS or layer.kind.startswith(_AUGMENTATIONS):
            continue
        if kind(layer) in SCALERS | NORMALISERS or (is_operation(layer) and layer.kind in _ARITHMETIC):
            return Intake("scaled", layer)
        if layer.kind == "Embedding":
            return Intake("tokens", layer)
        if kind(layer) not in MAPS | RECURRENT:
            return Intake("unknown", layer)
        normalised = any(item.kind in NORMALISERS for item in graph.after(layer))
        return Intake("scaled" if normalised else "unknown" if graph.is_open(layer) else "raw", layer)
    return Intake("unknown", first)
