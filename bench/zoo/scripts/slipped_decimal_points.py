"""Sensor data, linear relation, but the network is worse than predicting the mean."""

import keras
import numpy as np

rng = np.random.default_rng(6)
X = rng.normal(size=(1200, 6)).astype("float32")
y = X @ np.array([1, -2, 0.5, 0, 1, 0.3]) + 0.2 * rng.normal(size=1200)
x_test, y_test = X[900:], y[900:]
x_train, y_train = X[:900], y[:900].copy()
y_train[rng.random(900) < 0.02] *= 1000

model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse")
model.fit(x_train, y_train, epochs=15, batch_size=32, validation_data=(x_test, y_test), verbose=0)
