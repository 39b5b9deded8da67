"""Dense networks."""

from __future__ import annotations

import keras
from zoo.architectures.chain import hidden, rescaling
from zoo.prepare import Prepared
from zoo.records import Plan

Layers = list[keras.layers.Layer]


def mlp(plan: Plan, prepared: Prepared, head: keras.layers.Layer) -> Layers:
    """Flatten where needed, then hidden layers."""
    flat: Layers = [keras.layers.Flatten(name="flat")] if len(prepared.shape) > 1 else []
    return [*flat, *_stack(plan, plan.net.widths), head]


def tower(plan: Plan, prepared: Prepared, head: keras.layers.Layer) -> Layers:
    """Hidden layers of shrinking width, one more than asked for."""
    flat: Layers = [keras.layers.Flatten(name="flat")] if len(prepared.shape) > 1 else []
    return [*flat, *_stack(plan, (plan.net.widths[0], *plan.net.widths)), head]


def mean_of_words(plan: Plan, prepared: Prepared, head: keras.layers.Layer) -> Layers:
    """Embedding, mean over places, hidden layers."""
    words = keras.layers.Embedding(prepared.raw.vocabulary, 16, name="words")
    return [words, keras.layers.GlobalAveragePooling1D(name="mean"), *_stack(plan, plan.net.widths[:1]), head]


def residual(plan: Plan, prepared: Prepared, head: keras.layers.Layer) -> keras.Model:
    """Blocks of two dense layers with skip connections."""
    inputs = flow = keras.Input(prepared.shape)
    for layer in rescaling(plan, prepared):
        flow = layer(flow)
    flow = keras.layers.Dense(plan.net.widths[0], name="entry")(flow)
    for number in (1, 2):
        branch = flow
        for layer in hidden(plan.net, keras.layers.Dense, number, plan.net.widths[0]):
            branch = layer(branch)
        branch = keras.layers.Dense(plan.net.widths[0], name=f"exit_{number}")(branch)
        flow = keras.layers.Add(name=f"sum_{number}")([flow, branch])
    return keras.Model(inputs, head(keras.layers.Activation(plan.net.activation, name="last_activation")(flow)))


def _stack(plan: Plan, widths: tuple[int, ...]) -> Layers:
    return [
        layer for number, width in enumerate(widths, 1) for layer in hidden(plan.net, keras.layers.Dense, number, width)
    ]
