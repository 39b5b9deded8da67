"""Images whose axes are not (height, width, channels)."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Layer, Program
from vandap.core.recipe import Recipe
from vandap.core.signals import Series
from vandap.diagnose.faults import transformed
from vandap.diagnose.network import SCALERS, Graph
from vandap.diagnose.reading import number
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule

_CHANNELS = (1, 3, 4)
_IMAGES = ("Conv2D", "SeparableConv2D", "DepthwiseConv2D")


class WrongImageLayout(Rule):
    """The model reads another axis of the images as their channels.

    ## What it finds
    Images whose last axis is no count of channels (1 grey, 3 colour, 4 colour and opacity) although another axis is
    one: they were stored channels first. Other unusual channel counts are a tip, because some cameras do have them.

    ## Why it matters
    A convolution slides over the first two axes and mixes the third. With swapped axes it slides over channels and
    mixes image rows: the training runs without an error, learns slowly and stops far below what the data allow.

    ## What to do
    Transpose the arrays to (example, height, width, channels), or tell the reader which axis holds the channels.

    ## References
    - UMLAUT: Schoop et al. (2021), "image data may have incorrect shape"
    - NeuraLint: Nikanjam et al., Automatic Fault Detection for Deep Learning Programs Using Graph Transformations
      (2021)
    """

    code = "A5"
    status = "stable"
    remedies = ("transpose-to-channels-last", "set-image-data-format")
    explains = ("underfitting", "network-beaten-by-simple-model", "network-not-surely-better")
    channels = Threshold(4, "UMLAUT: the last axis is one of 1, 3 and 4")

    def check(self, image_shape: Series | None = None, program: Program | None = None) -> Outcome:
        """Compare the three axes with the known counts of channels."""
        if image_shape is None:
            return self._watched(program)
        height, width, channels = (number(image_shape, axis) for axis in ("height", "width", "channels"))
        if not all(math.isfinite(size) and size >= 1 for size in (height, width, channels)):
            return CannotTell("The shape of the images was not measured.")
        shape = f"(height {height:.0f}, width {width:.0f}, channels {channels:.0f})"
        if channels in _CHANNELS:
            return Clear(f"Images of shape {shape} have a usual count of channels.")
        swapped = min(height, width) in _CHANNELS and channels > self.channels.value
        tail = "an earlier axis looks like the channels: the axes are swapped" if swapped else "check the axes"
        return self.found(
            f"The model receives images of shape {shape}; the last axis should be 1, 3 or 4, and {tail}.",
            {"height": height, "width": width, "channels": channels},
            severity=Severity.ISSUE if swapped else Severity.TIP,
            confidence=0.95 if swapped else 0.4,
        )

    def _watched(self, program: Program | None) -> Outcome:
        """Judge the axes that the first convolution of a watched model reads."""
        first = next((item for item in _after_inputs(program) if item.kind in _IMAGES), None)
        if first is None or len(first.input_shape) != 4 or None in first.input_shape[1:]:
            return CannotTell("No convolution reads images whose shape is known.")
        one, two, three = (size or 0 for size in first.input_shape[1:])
        last_first = first.settings.get("data_format") == "channels_first"
        channels, others = (one, (two, three)) if last_first else (three, (one, two))
        shown = " x ".join(str(size) for size in first.input_shape[1:])
        square = max(others) == channels > self.channels.value
        if channels in _CHANNELS or not (square and min(others) in _CHANNELS):
            return Clear(f"{first.name} reads images of {shown} with {channels} channels.")
        return self.found(
            f"{first.name} takes images of {shown} for images with {channels} channels, but an axis of "
            f"{min(others)} looks like the channels: the axes are swapped.",
            {"channels": channels, "other_axis": min(others)},
            confidence=0.93,
            where=first.where(),
        )

    def fault(self, recipe: Recipe) -> Recipe:
        """Swap the last axis of the images with the first."""
        return transformed(recipe, "swap-image-axes")


def _after_inputs(program: Program | None) -> list[Layer]:
    """The layers up to the first that learns, behind each input."""
    if program is None:
        return []
    graph = Graph(program)
    return [following for layer in graph.first for following in _to_first_weights(graph, layer)]


def _to_first_weights(graph: Graph, layer: Layer) -> Iterator[Layer]:
    """A layer and those behind it, up to the first with weights to train: what scales and augments keeps the axes."""
    for item in [layer, *graph.downstream(layer)]:
        yield item
        if item.parameters and item.kind not in SCALERS:
            return
