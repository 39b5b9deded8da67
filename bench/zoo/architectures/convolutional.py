"""Convolutional networks."""

from __future__ import annotations

import keras
from zoo.architectures.chain import hidden
from zoo.prepare import Prepared
from zoo.records import Plan

Layers = list[keras.layers.Layer]


def cnn(plan: Plan, prepared: Prepared, head: keras.layers.Layer) -> Layers:
    """Two convolutions with pooling, flattened."""
    return [
        *hidden(plan.net, keras.layers.Conv2D, 1, 12, kernel_size=3, padding="same"),
        keras.layers.MaxPooling2D(name="pool_1"),
        *hidden(plan.net, keras.layers.Conv2D, 2, 24, kernel_size=3, padding="same"),
        keras.layers.MaxPooling2D(name="pool_2"),
        keras.layers.Flatten(name="flat"),
        head,
    ]


def strided(plan: Plan, prepared: Prepared, head: keras.layers.Layer) -> Layers:
    """Three convolutions, two of them with stride 2, then the mean over places."""
    return [
        *hidden(plan.net, keras.layers.Conv2D, 1, 12, kernel_size=3, padding="same"),
        *hidden(plan.net, keras.layers.Conv2D, 2, 24, kernel_size=3, strides=2, padding="same"),
        *hidden(plan.net, keras.layers.Conv2D, 3, 32, kernel_size=3, strides=2, padding="same"),
        keras.layers.Flatten(name="flat"),
        head,
    ]


def over_time(plan: Plan, prepared: Prepared, head: keras.layers.Layer) -> Layers:
    """Two convolutions over time, then the largest value over time."""
    return [
        *hidden(plan.net, keras.layers.Conv1D, 1, 16, kernel_size=5, padding="same"),
        keras.layers.MaxPooling1D(name="pool"),
        *hidden(plan.net, keras.layers.Conv1D, 2, 24, kernel_size=3, padding="same"),
        keras.layers.Flatten(name="flat"),
        head,
    ]
