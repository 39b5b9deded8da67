"""Does the same network learn better when its narrow hidden layers are wide?"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from vandap.diagnose.rules.structure.capacity_mismatch import CapacityMismatch
from vandap.exam.decisive._comparison import Arm, Comparison
from vandap.exam.decisive._test import NotPossibleError
from vandap.exam.decisive._workbench import Workbench, with_settable_rate, workbench
from vandap.watch.kept import Batch, Kept, State

NARROW = int(CapacityMismatch.few.value)
"""Units below which a hidden layer is widened, as B10 asks; and below the number of outputs."""
WIDE = 64
"""Units that it then has, or four for each output where these are more."""


class Wider(Comparison):
    """Training the network with its narrow hidden dense layers widened, beside training it as it was planned.

    Both are built anew from the model's plan, with the loss and the settings of the optimiser, so that only the width
    differs. What the model does not train (statistics, frozen layers) is taken over where the shapes are the same. The
    user's own model is read, and not trained.
    """

    cost = 3.0
    retraced = True  # each is compiled by itself

    def arms(self, kept: Kept, train: Batch, held_out: Batch, random: np.random.Generator) -> Sequence[Arm]:
        """The network as it was planned, and the wide one."""
        return [Arm("real", train, held_out), Arm("wider", train, held_out)]

    @contextmanager
    def benches(self, bench: Workbench, seed: int) -> Iterator[Mapping[str, Workbench]]:
        """The two networks, each with its optimiser."""
        widths = wide(bench.model)
        random.seed(seed)  # new layers draw their seeds here; the workbench puts the generator back
        with workbench(_rebuilt(bench, {})) as real, workbench(_rebuilt(bench, widths)) as wider:
            yield {"real": real, "wider": wider}


def wide(model: Any) -> Mapping[str, int]:
    """New widths of the narrow hidden dense layers, by layer.

    Raises:
        NotPossibleError: The model cannot be built anew from its plan, or no hidden dense layer is narrow.
    """
    own = next((item for item in model._flatten_layers() if not type(item).__module__.startswith("keras.")), None)
    if own is not None:
        raise NotPossibleError(f"{type(own).__name__} is no part of Keras, and cannot be built anew from a plan.")
    outputs = max(output.shape[-1] or 0 for output in model.outputs)
    last = _last_layers(model)
    narrow = [
        layer.name
        for layer in model.layers
        if type(layer) is keras.layers.Dense and layer.name not in last and layer.units < max(NARROW, outputs)
    ]
    if not narrow:
        raise NotPossibleError("No hidden dense layer is narrow.")
    return dict.fromkeys(narrow, max(WIDE, 4 * outputs))


def _last_layers(model: Any) -> set[str]:
    """Names of the layers with weights whose outputs reach an output of the model with no other such layer between."""
    waiting, last = list(model.outputs), set()
    while waiting:
        layer, node, _ = waiting.pop()._keras_history
        if getattr(layer, "weights", ()):
            last.add(layer.name)
        else:
            waiting.extend(layer._inbound_nodes[node].input_tensors)
    return last


def _rebuilt(bench: Workbench, widths: Mapping[str, int]) -> Kept:
    """The same training of a new network with these widths.

    Raises:
        NotPossibleError: Other layers depend on the width, or the model cannot be built from its plan.
    """

    def make(layer: Any) -> Any:
        settings = layer.get_config()
        return type(layer).from_config({**settings, "units": widths[layer.name]} if layer.name in widths else settings)

    model, kept = bench.model, bench.kept
    optimizer = with_settable_rate(model.optimizer)
    try:
        new = keras.models.clone_model(model, clone_function=make)
    except Exception as error:
        raise NotPossibleError(f"The network cannot be built with other widths: {error}") from None
    _take_over(model, new, kept.initial_state)
    given = {**model._compile_config.config, "metrics": None, "weighted_metrics": None, "steps_per_execution": 1}
    new.compile(**{**given, "optimizer": optimizer})
    optimizer.build(new.trainable_variables)
    return Kept(new, State.of(new), kept.train, fit=kept.fit, rates=tuple(bench.schedule.tolist()))


def _take_over(model: Any, new: Any, first: State | None) -> None:
    """Give the new network what the model does not train, as it was at first."""
    for known, own in zip(model.non_trainable_weights, new.non_trainable_weights, strict=True):
        value = first.value_of(known) if first is not None else None
        if value is not None and tuple(known.shape) == tuple(own.shape):
            own.assign(value)
    for layer in new.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()
