"""Small trainings whose watching is timed: models, data and losses."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers

BATCH = 32


def mlp() -> Any:
    return keras.Sequential(
        [
            keras.Input((20,)),
            layers.Dense(64, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def cnn() -> Any:
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(16, 3, use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(10, activation="softmax"),
        ]
    )


def lstm() -> Any:
    return keras.Sequential([keras.Input((32, 8)), layers.LSTM(64), layers.Dense(10, activation="softmax")])


def transformer() -> Any:
    tokens = keras.Input((32,), dtype="int32")
    hidden = layers.Embedding(1000, 64)(tokens)
    for _ in range(2):
        normal = layers.LayerNormalization()(hidden)
        hidden = layers.Add()([hidden, layers.MultiHeadAttention(4, 16)(normal, normal)])
        normal = layers.LayerNormalization()(hidden)
        hidden = layers.Add()([hidden, layers.Dense(64)(layers.Dense(128, activation="gelu")(normal))])
    return keras.Model(tokens, layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling1D()(hidden)))


MODELS = {"mlp": mlp, "cnn": cnn, "lstm": lstm, "transformer": transformer}


def made(name: str, seed: int = 0) -> Any:
    """A freshly compiled model."""
    keras.utils.set_random_seed(seed)
    model = MODELS[name]()
    model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def data(name: str, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Random examples that fit the model."""
    random = np.random.default_rng(0)
    if name == "transformer":
        inputs = random.integers(0, 1000, (rows, 32)).astype("int32")
    else:
        shape = {"mlp": (20,), "cnn": (28, 28, 1), "lstm": (32, 8)}[name]
        inputs = random.normal(size=(rows, *shape)).astype("float32")
    return inputs, random.integers(0, 10, rows)
