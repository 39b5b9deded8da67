"""Convolutions and pools in an unusual order or size."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vandap.core.finding import Finding, Severity, Threshold
from vandap.core.program import Layer, Program
from vandap.diagnose.network import CONVOLUTIONS, Graph, kind
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule


class PoorConvolutionPlan(Rule):
    """The convolutions are laid out in a way that wastes weights or skips pixels.

    ## What it finds
    Tips, never issues: strides larger than the kernel, which skip pixels that no other branch reads; a kernel so large
    that part of it never leaves the padding; a flattened map whose dense layer holds nearly all of millions of weights;
    many convolutions in a row at full resolution before the map is flattened. Layers of a model inside the model are
    judged like any other. What a package laid out, such as a backbone of `keras.applications`, is not judged, and
    nothing that is frozen: its plan came with its weights, and another plan would have to learn them anew.

    ## Why it matters
    Skipped pixels are never seen. A dense layer on a large map takes most of the memory, overfits, and fixes the size
    of the images.

    ## What to do
    Kernels of 3, strides or pools of 2 where the map is to shrink, more filters as it shrinks, and
    `GlobalAveragePooling2D` before the classifier.

    ## References
    - Springenberg et al., Striving for Simplicity (2015); Lin et al., Network in Network (2014)
    - NeuraLint: Nikanjam et al. (2021), rules on the architecture of convolutions
    """

    code = "B11"
    severity = Severity.TIP
    remedies = ("use-global-pooling", "pool-between-convolutions", "shrink-kernel")
    share = Threshold(0.9, "nine weights in ten sit in the one dense layer after the flattened map")
    weights = Threshold(5_000_000, "weights of that layer: 20 MB, more than a whole MobileNetV2")
    unpooled = Threshold(4, "NeuraLint, Theia: more than four convolutions without pooling")

    def check(self, program: Program) -> Outcome:
        """Look at every convolution, then at the layer after them."""
        graph = Graph(program)
        if not graph.layers:
            return CannotTell("The program shows no layer.")
        layers = [layer for layer in graph.layers if kind(layer) in CONVOLUTIONS and _is_open_to_change(layer)]
        if not layers:
            return Clear("There is no convolution that the program itself laid out.")
        problems = [
            *self._of_windows(graph, layers),
            *self._of_flattening(graph, program),
            *self._of_pools(graph, layers),
        ]
        return problems[0] if problems else Clear(f"{len(layers)} convolutions see every pixel and shrink the map.")

    def _tip(self, layer: Layer, says: str, **evidence: float) -> Finding:
        return self.found(says, evidence, confidence=0.5, where=layer.where())

    def _of_windows(self, graph: Graph, layers: list[Layer]) -> Iterator[Finding]:
        for layer in layers:
            kernel, strides = _sizes(layer, "kernel_size"), _sizes(layer, "strides")
            if "Transpose" in layer.kind or not kernel:
                continue
            if strides and max(strides) > max(kernel) and not _is_shared(graph, layer):
                skipped = f"{layer.name} moves by {max(strides)} and looks at {max(kernel)}: it skips pixels."
                yield self._tip(layer, skipped, strides=max(strides), kernel=max(kernel))
            elif wasted := _beyond(kernel, layer.input_shape[1:-1]):
                window, size = wasted
                large = (
                    f"{layer.name} looks at {window} pixels of a map of {size}: its outer weights meet padding only."
                )
                yield self._tip(layer, large, kernel=window, map=size)

    def _of_flattening(self, graph: Graph, program: Program) -> Iterator[Finding]:
        total = sum(layer.parameters for layer in graph.layers)
        for layer in filter(_is_open_to_change, graph.layers):
            flattened = any(item.kind == "Flatten" and len(item.input_shape) > 2 for item in graph.before(layer))
            if flattened and layer.parameters > max(self.weights.value, self.share.value * total):
                yield self._tip(
                    layer,
                    f"{layer.name} holds {layer.parameters:,} of {total:,} weights, because the map before it is "
                    f"flattened (thresholds {self.weights.value:,.0f} and {self.share.value:.0%}).",
                    weights=layer.parameters,
                    share=layer.parameters / total,
                )

    def _of_pools(self, graph: Graph, layers: list[Layer]) -> Iterator[Finding]:
        full = [item for item in layers if item.input_shape[1:-1] == item.output_shape[1:-1] and item.output_shape]
        shrinks = len(full) < len(layers) or any("Pooling" in item.kind for item in graph.layers)
        ends_flat = any(item.kind == "Flatten" for item in graph.layers)
        if not shrinks and ends_flat and len(layers) > self.unpooled.value:
            yield self._tip(
                layers[-1],
                f"{len(layers)} convolutions work at full resolution before the map is flattened "
                f"(threshold {self.unpooled.value:g}).",
                convolutions=len(layers),
            )


def _is_open_to_change(layer: Layer) -> bool:
    """Whether the plan is the program's own to change: neither a package's nor one that came with its weights."""
    return layer.trainable and not layer.is_published


def _is_shared(graph: Graph, layer: Layer) -> bool:
    """Whether another branch reads the same map, as beside the projected shortcut of a residual block."""
    return any(len(graph.after(source)) > 1 for source in graph.before(layer))


def _beyond(kernel: list[int], image: tuple[int | None, ...]) -> tuple[int, int] | None:
    """The window and the map of an axis on which some weights never reach a pixel, wherever the window stands."""
    axes = zip(kernel * len(image) if len(kernel) == 1 else kernel, image, strict=False)
    return next(((window, size) for window, size in axes if size and window > 2 * size - 1), None)


def _sizes(layer: Layer, name: str) -> list[int]:
    value = layer.settings.get(name)
    given = value if isinstance(value, list | tuple) else [value]
    return [int(item) for item in given if isinstance(item, int | float) and math.isfinite(item)]
