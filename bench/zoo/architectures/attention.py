"""Transformer blocks."""

from __future__ import annotations

from typing import Any

import keras
from zoo.architectures.chain import rescaling
from zoo.prepare import Prepared
from zoo.records import Plan

_WIDTH = 16


def post_norm(plan: Plan, prepared: Prepared, head: keras.layers.Layer) -> keras.Model:
    """One block with normalisation after each sum, mean over places."""
    inputs, flow = _entry(plan, prepared)
    heard = keras.layers.MultiHeadAttention(2, 8, dropout=plan.net.dropout, name="attention")(flow, flow)
    flow = keras.layers.LayerNormalization(name="norm_1")(flow + heard)
    flow = keras.layers.LayerNormalization(name="norm_2")(flow + _feed_forward(plan, flow))
    return keras.Model(inputs, head(keras.layers.GlobalAveragePooling1D(name="mean")(flow)))


def pre_norm(plan: Plan, prepared: Prepared, head: keras.layers.Layer) -> keras.Model:
    """One block with normalisation before each part and once at the end."""
    inputs, flow = _entry(plan, prepared)
    calm = keras.layers.LayerNormalization(name="norm_1")(flow)
    flow = flow + keras.layers.MultiHeadAttention(2, 8, dropout=plan.net.dropout, name="attention")(calm, calm)
    flow = flow + _feed_forward(plan, keras.layers.LayerNormalization(name="norm_2")(flow))
    flow = keras.layers.LayerNormalization(name="norm_3")(flow)
    return keras.Model(inputs, head(keras.layers.GlobalAveragePooling1D(name="mean")(flow)))


class Places(keras.layers.Layer):
    """Adds a learnt vector for each place."""

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Make one vector a place."""
        self.places = self.add_weight(shape=shape[1:], initializer="random_normal", name="places")

    def call(self, inputs: Any) -> Any:
        """Add them."""
        return inputs + self.places


def _entry(plan: Plan, prepared: Prepared) -> tuple[Any, Any]:
    tokens = prepared.raw.kind == "tokens"
    inputs = flow = keras.Input(prepared.shape, dtype="int32" if tokens else "float32")
    for layer in rescaling(plan, prepared):
        flow = layer(flow)
    if tokens:
        flow = keras.layers.Embedding(prepared.raw.vocabulary, _WIDTH, name="words")(flow)
    else:
        flow = keras.layers.Dense(_WIDTH, name="entry")(flow)
    return inputs, Places(name="places")(flow)


def _feed_forward(plan: Plan, flow: Any) -> Any:
    made = {} if plan.net.initializer is None else {"kernel_initializer": plan.net.initializer}
    flow = keras.layers.Dense(2 * _WIDTH, activation=plan.net.activation, name="hidden_1", **made)(flow)
    return keras.layers.Dense(_WIDTH, name="hidden_2")(flow)
