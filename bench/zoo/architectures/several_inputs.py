"""Networks that the columns enter through two inputs."""

from __future__ import annotations

import keras
from zoo.architectures.chain import hidden
from zoo.prepare import Prepared
from zoo.records import Plan


def wide_and_deep(plan: Plan, prepared: Prepared, head: keras.layers.Layer) -> keras.Model:
    """All columns straight to the head, and beside them through hidden layers."""
    first, second = _inputs(prepared)
    both = flow = keras.layers.Concatenate(name="columns")([first, second])
    for number, width in enumerate(plan.net.widths, 1):
        for layer in hidden(plan.net, keras.layers.Dense, number, width):
            flow = layer(flow)
    return keras.Model([first, second], head(keras.layers.Concatenate(name="joined")([both, flow])))


def two_towers(plan: Plan, prepared: Prepared, head: keras.layers.Layer) -> keras.Model:
    """A tower for each input, joined before the last hidden layer."""
    inputs = _inputs(prepared)
    ends = []
    for place, flow in enumerate(inputs):
        for layer in hidden(plan.net, keras.layers.Dense, place + 1, plan.net.widths[0]):
            flow = layer(flow)
        ends.append(flow)
    flow = keras.layers.Concatenate(name="joined")(ends)
    for layer in hidden(plan.net, keras.layers.Dense, 3, plan.net.widths[-1]):
        flow = layer(flow)
    return keras.Model(inputs, head(flow))


def _inputs(prepared: Prepared) -> list:
    columns = prepared.shape[0]
    return [keras.Input((columns // 2,), name="first"), keras.Input((columns - columns // 2,), name="second")]
