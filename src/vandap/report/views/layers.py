"""Inside the layers, over time: gradients, updates, activations, dead and saturated units as maps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vandap.report import format as written
from vandap.report.heat import Heat
from vandap.report.material import Material
from vandap.report.view import View
from vandap.report.watched import Traces, activations, gradients, updates


@dataclass(frozen=True)
class Layers:
    """The maps.

    Args:
        maps: One for each measure.
        layers: How many layers the largest map shows.
        probes: How often was looked.
        first: Step of the first probe.
        last: Step of the last probe.
    """

    maps: tuple[Heat, ...]
    layers: int
    probes: int
    first: str
    last: str


@dataclass(frozen=True)
class _Measure:
    slug: str
    title: str
    description: str
    read: Callable[[Material], Traces | None]
    log: bool


_MEASURES = (
    _Measure(
        "gradient",
        "Gradient norm",
        "How strong the gradient is that reaches each layer: where it fades towards the input it vanishes, a column "
        "that stands out is an explosion.",
        gradients,
        True,
    ),
    _Measure(
        "update",
        "Update over weight",
        "How much one step changes the weights of each layer: about a thousandth is usual.",
        updates,
        True,
    ),
    _Measure(
        "dead",
        "Dead units",
        "Share of the units that are never above zero in the probed batch.",
        lambda material: activations(material, "dead_share"),
        False,
    ),
    _Measure(
        "saturated",
        "Saturated values",
        "Share of the values within 1 % of a bound of sigmoid, tanh and the like.",
        lambda material: activations(material, "saturated_share"),
        False,
    ),
    _Measure(
        "deviation",
        "Spread of the outputs",
        "Standard deviation of each layer's outputs: it should stay of one size from layer to layer.",
        lambda material: activations(material, "deviation"),
        True,
    ),
)


class LayersView(View):
    """The section of the layers over time."""

    slug = "layers"
    title = "Inside the layers, over time"
    order = 85
    figures = ("activations", "gradients")

    def build(self, material: Material) -> Layers | None:
        """Return a map for each measure that was taken; None when the steps were not watched."""
        maps = []
        for measure in _MEASURES:
            traces = measure.read(material)
            if traces is not None and (measure.log or np.nanmax(traces.values, initial=0.0) > 0):
                maps.append(Heat(measure.slug, measure.title, measure.description, traces, measure.log))
        if not maps:
            return None
        steps = maps[0].traces.steps
        return Layers(
            maps=tuple(maps),
            layers=max(len(found.traces.names) for found in maps),
            probes=len(steps),
            first=written.count(float(steps[0])),
            last=written.count(float(steps[-1])),
        )
