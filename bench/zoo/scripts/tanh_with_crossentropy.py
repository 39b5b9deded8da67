"""Two spirals, output tanh since it is between -1 and 1. The loss is nan or jumps around 8."""

import keras
import numpy as np

rng = np.random.default_rng(0)
turns = rng.uniform(0.4, 3, 1400)
y = np.arange(1400) % 2
angle = 2 * turns + np.pi * y
X = np.column_stack([turns * np.cos(angle), turns * np.sin(angle)]) + rng.normal(0, 0.08, (1400, 2))
x_train, x_test, y_train, y_test = X[:1000], X[1000:], y[:1000], y[1000:]

inputs = keras.Input((2,))
x = keras.layers.Dense(48, activation="relu")(inputs)
x = keras.layers.Dense(48, activation="relu")(x)
outputs = keras.layers.Dense(1, activation="tanh")(x)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=25, batch_size=32, validation_data=(x_test, y_test), verbose=0)
