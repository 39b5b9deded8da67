"""Does the model learn better when frozen layers that hold an initialiser's random weights are trained, too?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

from vandap.diagnose.rules.structure.frozen_or_disconnected_layer import FrozenOrDisconnectedLayer
from vandap.exam.decisive._comparison import Arm, Comparison
from vandap.exam.decisive._test import NotPossibleError
from vandap.exam.decisive._workbench import Workbench, with_settable_rate
from vandap.watch.kept import Batch, Kept, State

_SPREAD = FrozenOrDisconnectedLayer.spread.value
"""A layer whose deviation differs by more from what its initialiser draws holds learnt weights, as B14 has it."""


class Unfrozen(Comparison):
    """Training with the frozen random layers trained, beside training as it is; both with a fresh optimiser.

    A layer counts as random where all its weights have the moments of those that a new layer of the same settings
    draws. Frozen layers that hold learnt weights stay frozen in both arms.
    """

    cost = 2.0
    retraced = True

    def arms(self, kept: Kept, train: Batch, held_out: Batch, random: np.random.Generator) -> Sequence[Arm]:
        """The model as it is, and with its random layers trained."""
        if kept.initial_state is None or not (layers := random_and_frozen(kept.model, kept.initial_state)):
            raise NotPossibleError("No frozen layer holds the random weights of its initialiser.")
        return [
            Arm("real", train, held_out, change=partial(_training, layers=())),
            Arm("unfrozen", train, held_out, change=partial(_training, layers=layers)),
        ]


def random_and_frozen(model: Any, first: State) -> list[Any]:
    """Layers whose own weights are frozen and were, in this state, like those that a new layer draws."""
    layers = [layer for layer in model._flatten_layers(include_self=False) if _frozen_weights(layer)]
    return [layer for layer in layers if _is_as_drawn(layer, first)]


def _frozen_weights(layer: Any) -> list[Any]:
    """The layer's own weights that training would change, were it not frozen; those of layers in it left out."""
    return [variable for variable in layer._trainable_variables if not variable.trainable]


def _is_as_drawn(layer: Any, first: State) -> bool:
    try:
        new = type(layer).from_config(layer.get_config())
        new.build_from_config(layer.get_build_config())
    except Exception:  # a layer of the user's own need not be one that can be made again
        return False
    own, drawn = layer._trainable_variables, new._trainable_variables
    values = [first.value_of(variable) for variable in own]
    return len(own) == len(drawn) and all(
        value is not None and _is_alike(value, np.asarray(variable.numpy()))
        for value, variable in zip(values, drawn, strict=True)
    )


def _is_alike(value: np.ndarray, drawn: np.ndarray) -> bool:
    """Whether mean and deviation differ no more than by chance; those of constant weights must be the same."""
    deviation, chance = float(np.std(drawn)), 3 * math.sqrt(2 / drawn.size)
    is_as_wide = abs(float(np.std(value)) - deviation) <= (_SPREAD + chance) * deviation
    return is_as_wide and abs(float(np.mean(value)) - float(np.mean(drawn))) <= (_SPREAD + chance) * deviation + 1e-6


@contextmanager
def _training(bench: Workbench, layers: Sequence[Any]) -> Iterator[None]:
    """Train these layers, too, with an optimiser of the same settings that knows them; then freeze them again."""
    frozen = [variable for layer in layers for variable in _frozen_weights(layer)]
    flags = [(vars(layer), layer.trainable) for layer in layers]
    try:
        for variable in frozen:
            variable.trainable = True
        for settings, _ in flags:
            settings["_trainable"] = True  # the setter would thaw the layers in it, too
        with bench.using(with_settable_rate(bench.model.optimizer)):
            yield
    finally:
        for settings, flag in flags:
            settings["_trainable"] = flag
        for variable in frozen:
            variable.trainable = False
