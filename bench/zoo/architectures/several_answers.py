"""Networks with two answers: the class, and whether its number is odd."""

from __future__ import annotations

from typing import Any

import keras
from zoo.architectures.convolutional import strided
from zoo.architectures.dense import mlp
from zoo.prepare import Prepared
from zoo.records import Plan


def two_answers(plan: Plan, prepared: Prepared, head: keras.layers.Layer) -> keras.Model:
    """A dense trunk with two heads."""
    return _forked(prepared, mlp(plan, prepared, head))


def forked(plan: Plan, prepared: Prepared, head: keras.layers.Layer) -> keras.Model:
    """A convolutional trunk with two heads."""
    return _forked(prepared, strided(plan, prepared, head))


def _forked(prepared: Prepared, layers: list[keras.layers.Layer]) -> keras.Model:
    *trunk, head = layers
    inputs = flow = keras.Input(prepared.shape)
    for layer in trunk:
        flow = layer(flow)
    odd: Any = keras.layers.Dense(1, activation="sigmoid", name="odd")(flow)
    return keras.Model(inputs, [head(flow), odd])
