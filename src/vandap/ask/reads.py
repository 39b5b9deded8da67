"""How often convolutions and poolings read each position of their input, counted from the network's structure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vandap.core.program import Layer, Program

_WINDOWS = {
    "Conv1D": "kernel_size", "Conv2D": "kernel_size", "DepthwiseConv1D": "kernel_size",
    "DepthwiseConv2D": "kernel_size", "SeparableConv1D": "kernel_size", "SeparableConv2D": "kernel_size",
    "MaxPooling1D": "pool_size", "MaxPooling2D": "pool_size", "AveragePooling1D": "pool_size",
    "AveragePooling2D": "pool_size",
}  # fmt: skip


@dataclass(frozen=True)
class Window:
    """One layer along one axis.

    Args:
        size: Entries that it reads at once.
        stride: Entries between two readings.
        dilation: Distance of the entries.
        same: Whether zeros are added so that nothing is lost at the ends.
        is_convolution: Whether it is one; else a pooling.
    """

    size: int
    stride: int = 1
    dilation: int = 1
    same: bool = False
    is_convolution: bool = True

    @property
    def span(self) -> int:
        """Entries from the first to the last that it reads."""
        return (self.size - 1) * self.dilation + 1

    def output(self, length: int) -> int:
        """How often it reads an axis of this length."""
        return -(-length // self.stride) if self.same else max((length - self.span) // self.stride + 1, 0)


@dataclass(frozen=True)
class Reads:
    """How often the corner, the middle of an edge and the centre are read, by paths to the last map.

    Args:
        corner: Of the first position on every axis.
        edge: Of the first position on the first axis; for one axis that is the corner.
        centre: Of the middle.
        size: Shape of the last map; empty where the axis was used up.
    """

    corner: float
    edge: float
    centre: float
    size: tuple[int, ...]


def windows(program: Program) -> tuple[tuple[int, ...], tuple[tuple[Window, ...], ...], bool]:
    """Return the image's (or sequence's) size, and the windows that read it one after the other, for each axis.

    Only a chain is followed, from the input to the first layer that does not keep positions apart, or to the first
    branch: the last value tells whether there was none.
    """
    chain = [layer for layer in program.layers if layer.kind != "InputLayer" and not layer.parent]
    size = tuple(axis or 0 for axis in chain[0].input_shape[1:-1]) if chain else ()
    if not size or 0 in size:
        return (), (), True
    taken, is_whole = _followed(chain)
    return size, tuple(tuple(_window(layer, axis) for layer in taken) for axis in range(len(size))), is_whole


def reads(size: Sequence[int], axes: Sequence[Sequence[Window]]) -> Reads:
    """Count the paths from input positions to the last map.

    Args:
        size: Length of each axis.
        axes: Windows along each axis, the first to read first.
    """
    counted = [_along(length, taken) for length, taken in zip(size, axes, strict=True)]
    if any(not ends for _, ends in counted):
        return Reads(0.0, 0.0, 0.0, ())
    first, middle = [float(c[0]) for c, _ in counted], [float(c[len(c) // 2]) for c, _ in counted]
    centre = float(np.prod(middle))
    return Reads(float(np.prod(first)), first[0] * float(np.prod(middle[1:])), centre, tuple(end for _, end in counted))


def padded(axes: Sequence[Sequence[Window]], *, same: bool) -> tuple[tuple[Window, ...], ...]:
    """Return the windows with another padding of every convolution."""
    return tuple(
        tuple(replace(window, same=same) if window.is_convolution else window for window in taken) for taken in axes
    )


def _followed(chain: list[Layer]) -> tuple[list[Layer], bool]:
    before, found = "", list[Layer]()
    for layer in chain:
        if layer.inputs and before and layer.inputs != (before,):
            return found, False
        keeps = layer.kind in _WINDOWS or layer.input_shape == layer.output_shape
        if not keeps or len(layer.output_shape) != len(chain[0].input_shape):
            return found, True
        before = layer.name
        if layer.kind in _WINDOWS:
            found.append(layer)
    return found, True


def _window(layer: Layer, axis: int) -> Window:
    size, pools = _at(layer.settings.get(_WINDOWS[layer.kind]), axis), "Pooling" in layer.kind
    stride = _at(layer.settings.get("strides"), axis, size if pools else 1)
    dilation = _at(layer.settings.get("dilation_rate"), axis)
    return Window(size, stride, dilation, layer.settings.get("padding") == "same", not pools)


def _at(value: Any, axis: int, otherwise: int = 1) -> int:
    if isinstance(value, list | tuple):
        return int(value[axis])
    return int(value) if isinstance(value, int | float) else otherwise


def _along(length: int, taken: Sequence[Window]) -> tuple[np.ndarray, int]:
    """Paths from each entry of an axis to the last map, and the length of that map."""
    lengths = [length]
    for window in taken:
        lengths.append(window.output(lengths[-1]))
    counts = np.ones(lengths[-1])
    for window, entered in zip(reversed(taken), reversed(lengths[:-1]), strict=True):
        counts = _back(counts, window, entered)
    return counts, lengths[-1]


def _back(counts: np.ndarray, window: Window, length: int) -> np.ndarray:
    missing = (len(counts) - 1) * window.stride + window.span - length
    left = max(missing, 0) // 2 if window.same else 0
    found = np.zeros(length)
    for place in range(window.size):
        at = np.arange(len(counts)) * window.stride + place * window.dilation - left
        inside = (at >= 0) & (at < length)
        found[at[inside]] += counts[inside]
    return found
