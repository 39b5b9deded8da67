"""A network's shapes and parameters recomputed layer by layer from `program.json`, for an input of twice the size.

The account is checked before it is believed: at the present size it must give every layer the output shape and the
parameters that Keras counted. A layer for which it does not is reported as unknown, and so is what depends on it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vandap.ask.layers import Shape, UnknownLayerError, layer_account


@dataclass(frozen=True)
class Line:
    """One layer before and after.

    Args:
        name: The layer.
        kind: Its class.
        inputs: Names of the layers it reads.
        shape: Output shape now, without the batch axis.
        grown: Output shape for the other input, or None if unknown.
        parameters: Parameters now.
        after: Parameters for the other input, or None if unknown.
    """

    name: str
    kind: str
    inputs: tuple[str, ...]
    shape: Shape
    grown: Shape | None
    parameters: int
    after: int | None

    @property
    def values(self) -> int:
        """Numbers in one example's output."""
        return math.prod(self.shape)

    @property
    def values_after(self) -> int | None:
        """Numbers in one example's output for the other input."""
        return None if self.grown is None else math.prod(self.grown)


@dataclass(frozen=True)
class Account:
    """The whole network before and after. `after` is None when some layer is unknown."""

    lines: tuple[Line, ...]

    @property
    def before(self) -> int:
        """Parameters now."""
        return sum(line.parameters for line in self.lines)

    @property
    def after(self) -> int | None:
        """Parameters for the other input."""
        counts = [line.after for line in self.lines]
        return None if any(count is None for count in counts) else sum(count for count in counts if count is not None)

    @property
    def grown(self) -> tuple[Line, ...]:
        """The layers whose parameters change."""
        return tuple(line for line in self.lines if line.after is not None and line.after != line.parameters)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The layers that could not be recomputed."""
        return tuple(line.name for line in self.lines if line.after is None)


def double_inputs(shape: Shape) -> Shape:
    """The input of twice the size: both sides of an image, the length of a sequence, the features of a row."""
    if len(shape) <= 1:
        return tuple(2 * axis for axis in shape)
    return (*(2 * axis for axis in shape[:-1]), shape[-1])


def account(layers: Sequence[Mapping[str, Any]], *, doubled: bool = True) -> Account:
    """Recompute a network for an input of twice the size.

    Args:
        layers: `program.json`'s layers, in an order in which inputs come first.
        doubled: False repeats the present size.
    """
    grown: dict[str, Shape | None] = {}
    present: dict[str, Shape] = {}
    lines = []
    for layer in layers:
        name, shape = str(layer["name"]), _shape(layer["output_shape"])
        sources = tuple(str(source) for source in layer.get("inputs") or ())
        if layer["class"] == "InputLayer":
            grown[name] = double_inputs(shape) if doubled else shape
            after: int | None = 0
        else:
            grown[name], after = _recount(layer, [present.get(s) for s in sources], [grown.get(s) for s in sources])
        present[name] = shape
        parameters = int(layer["parameters"])
        lines.append(Line(name, str(layer["class"]), sources, shape, grown[name], parameters, after))
    return Account(tuple(lines))


def _recount(
    layer: Mapping[str, Any], now: Sequence[Shape | None], later: Sequence[Shape | None]
) -> tuple[Shape | None, int | None]:
    """Output shape and parameters for the other input; unknown where the present ones cannot be reproduced."""
    known_now = [shape for shape in now if shape is not None]
    known_later = [shape for shape in later if shape is not None]
    if not now or len(known_now) < len(now) or len(known_later) < len(later):
        return None, None
    try:
        shape, parameters = layer_account(layer, known_now)
        if shape == _shape(layer["output_shape"]) and parameters == int(layer["parameters"]):
            return layer_account(layer, known_later)
    except UnknownLayerError:
        pass
    return None, None


def _shape(stored: Sequence[int | None]) -> Shape:
    return tuple(int(axis or 0) for axis in stored[1:])
