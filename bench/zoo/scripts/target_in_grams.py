"""Predict weight from three sizes. Adam learns extremely slowly, R2 is negative after all epochs."""

import keras
import numpy as np

rng = np.random.default_rng(5)
size = rng.uniform(1, 3, (1000, 3)).astype("float32")
weight = 700 * size.prod(axis=1) + rng.normal(0, 150, 1000)
size = (size - 2) / 0.58
target = weight
x_train, x_test = size[:700], size[700:]
y_train, y_test = target[:700], target[700:]

inp = keras.Input((3,))
z = keras.layers.Dense(24, activation="relu")(inp)
z = keras.layers.Dense(24, activation="relu")(z)
model = keras.Model(inp, keras.layers.Dense(1)(z))
model.compile(optimizer="adam", loss="mae")
model.fit(x_train, y_train, epochs=15, batch_size=32, validation_data=(x_test, y_test), verbose=0)
