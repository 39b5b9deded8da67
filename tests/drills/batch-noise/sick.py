"""Batches of one, long steps, and a weak signal."""

import keras
import numpy as np

keras.utils.set_random_seed(0)
random = np.random.default_rng(0)
x = random.normal(size=(640, 20)).astype("float32")
y = (x[:, 0] + 6 * random.normal(size=640) > 0).astype("int32")
model = keras.Sequential(
    [
        keras.Input((20,)),
        keras.layers.Dense(8, activation="relu", name="first"),
        keras.layers.Dense(8, activation="relu", name="second"),
        keras.layers.Dense(1, activation="sigmoid", name="answer"),
    ]
)
model.compile(keras.optimizers.SGD(0.02), "binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=1, epochs=1, verbose=0)
