"""Fix shape."""

from __future__ import annotations

import re
from collections.abc import Iterable

from vandap.core.program import Layer
from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import ExampleShape, FirstLayer, InputShape, LayerSetting
from vandap.repair.layers import named
from vandap.repair.remedy import Case, Remedy, Safety

_AXES = re.compile(r"expected (?:min_)?ndim=(\d+), found ndim=(\d+)\. Full shape received: \(([^)]*)\)")
"""How Keras says that a layer got another number of axes than it reads."""
_SIZE = re.compile(
    r"expected axis -1 of input shape to have value \d+, but received input with shape \(\w+, ([^)]*)\)|"
    r"expected shape=\(None, [^)]*\), found shape=\(\w+, ([^)]*)\)"
)
"""How Keras says that the first layer, or a functional model, was made for examples of another shape."""
_KERNEL = re.compile(r"received kernel of shape \(([^)]*)\) and input of shape \(([^)]*)\)")
"""How it says that a convolution got another number of axes than its kernel has."""
_RECURRENT = ("LSTM", "GRU", "SimpleRNN")
_READS_AXES = ("Conv1D", "Conv2D", "Conv3D", *_RECURRENT)


class FixShape(Remedy):
    """The shape that the data have; an axis more before the first layer; or all steps of the recurrent one before."""

    words = "make the shapes meet: the input's, or the layer's"
    safety = Safety.ASK
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        shape = _shape_of_data(case)
        if shape:
            return (InputShape(shape),), (ExampleShape(),)
        layer, told = named(case, *_READS_AXES), _AXES.search(case.finding.message)
        kernel = _KERNEL.search(case.finding.message)
        needed, found = (int(told[1]), int(told[2])) if told else (0, 0)
        if kernel is not None:
            needed, found = (len(part.split(",")) for part in kernel.groups())
        if found == needed + 1:
            return ((ExampleShape(),),)
        if layer is None or told is None or int(told[1]) != int(told[2]) + 1:
            return ()
        before = _before(case, layer)
        if before is not None:
            ends_early = before.kind in _RECURRENT and not before.settings.get("return_sequences")
            return ((LayerSetting("return_sequences", True, (before.path,)),),) if ends_early else ()
        axes = [axis.strip() for axis in told[3].split(",")][1:]
        return ((FirstLayer("Reshape", f"({', '.join(axes)}, 1)"),),) if all(map(str.isdigit, axes)) else ()


def _shape_of_data(case: Case) -> tuple[int, ...]:
    """The shape of one example, where the network begins with another one; empty where that is not what is wrong."""
    told, place = _SIZE.search(case.finding.message), case.finding.where.layer
    layer = case.program.layer(place) if place else None
    if told is None or (layer is not None and _before(case, layer) is not None):
        return ()
    axes = [axis.strip() for axis in (told[1] or told[2]).split(",") if axis.strip()]
    return tuple(map(int, axes)) if all(map(str.isdigit, axes)) else ()


def _before(case: Case, layer: Layer) -> Layer | None:
    """The layer before another one; None for the first one."""
    layers = [item for item in case.program.layers if item.kind != "InputLayer" and not item.parent]
    place = next((place for place, item in enumerate(layers) if item.path == layer.path), 0)
    return layers[place - 1] if place else None
