"""Autoencoders: the target is the input."""

from __future__ import annotations

import keras
from zoo.architectures.chain import hidden
from zoo.prepare import Prepared
from zoo.records import Plan

Layers = list[keras.layers.Layer]


def dense(plan: Plan, prepared: Prepared, head: keras.layers.Layer) -> Layers:
    """Through a layer of twelve units and back."""
    flat: Layers = [keras.layers.Flatten(name="flat")] if len(prepared.shape) > 1 else []
    back: Layers = [keras.layers.Reshape(prepared.shape, name="back")] if len(prepared.shape) > 1 else []
    return [
        *flat,
        *hidden(plan.net, keras.layers.Dense, 1, plan.net.widths[0]),
        keras.layers.Dense(12, name="code"),
        *hidden(plan.net, keras.layers.Dense, 2, plan.net.widths[0]),
        head,
        *back,
    ]


def convolutional(plan: Plan, prepared: Prepared, head: keras.layers.Layer) -> Layers:
    """Two convolutions down, a dense code, and back to pixels."""
    return [
        *hidden(plan.net, keras.layers.Conv2D, 1, 8, kernel_size=3, strides=2, padding="same"),
        *hidden(plan.net, keras.layers.Conv2D, 2, 16, kernel_size=3, strides=2, padding="same"),
        keras.layers.Flatten(name="flat"),
        keras.layers.Dense(24, name="code"),
        *hidden(plan.net, keras.layers.Dense, 3, 64),
        head,
        keras.layers.Reshape(prepared.shape, name="back"),
    ]
