"""Chains of layers in the styles of Keras, and the hidden layers that they are made of."""

from __future__ import annotations

from collections.abc import Iterator

import keras
from zoo.architectures.custom_step import custom_step
from zoo.prepare import Prepared
from zoo.records import Net, Plan


class Chain(keras.Model):
    """A subclassed model that calls its layers in turn."""

    def __init__(self, parts: list[keras.layers.Layer]) -> None:
        super().__init__()
        self.parts = parts

    def call(self, inputs, training=None):
        """Pass the inputs through."""
        for part in self.parts:
            takes = getattr(part, "_call_has_training_arg", False)
            inputs = part(inputs, training=training) if takes else part(inputs)
        return inputs


def assemble(layers: list[keras.layers.Layer], plan: Plan, prepared: Prepared) -> keras.Model:
    """Join layers in the plan's style."""
    layers = [*rescaling(plan, prepared), *layers]
    dtype = "int32" if prepared.raw.kind == "tokens" else "float32"
    if plan.style == "subclassed":
        return Chain(layers)
    if plan.style == "sequential":
        return keras.Sequential([keras.Input(prepared.shape, dtype=dtype), *layers])
    inputs = outputs = keras.Input(prepared.shape, dtype=dtype)
    for layer in layers:
        outputs = layer(outputs)
    return custom_step(inputs, outputs) if plan.style == "custom_step" else keras.Model(inputs, outputs)


def rescaling(plan: Plan, prepared: Prepared) -> list[keras.layers.Layer]:
    """Return the scaling layer of a model that reads raw inputs."""
    if not plan.net.rescale:
        return []
    values = prepared.train[0]
    if prepared.raw.kind == "image":
        return [keras.layers.Rescaling(1 / float(values.max()), name="scale")]
    layer = keras.layers.Normalization(name="scale")
    layer.adapt(values)
    return [layer]


def hidden(net: Net, layer: type, number: int, width: int, **settings: object) -> Iterator[keras.layers.Layer]:
    """One hidden layer with what the settings put after it: normalisation, activation, dropout."""
    made = {} if net.initializer is None else {"kernel_initializer": net.initializer}
    if net.initial_bias:
        made["bias_initializer"] = keras.initializers.Constant(net.initial_bias)
    if net.decay:
        made["kernel_regularizer"] = keras.regularizers.L2(net.decay)
    if net.batchnorm:
        yield layer(width, name=f"hidden_{number}", use_bias=False, **made, **settings)
        yield keras.layers.BatchNormalization(momentum=net.momentum, name=f"norm_{number}")
        yield keras.layers.Activation(net.activation, name=f"activation_{number}")
    else:
        yield layer(width, activation=net.activation, name=f"hidden_{number}", **made, **settings)
    if net.dropout:
        yield keras.layers.Dropout(net.dropout, name=f"dropout_{number}")
