"""mse for three sensors; the target vector has the wrong shape but Keras does not complain."""

import keras
import numpy as np

rng = np.random.default_rng(33)
X = rng.normal(size=(1200, 3, 1))
y = 2 * X[:, 0, 0] - X[:, 1, 0] + 0.1 * rng.normal(size=1200)
x_train, x_test, y_train, y_test = X[:900], X[900:], y[:900, None], y[900:, None]
model = keras.Sequential(
    [
        keras.Input((3, 1)),
        keras.layers.Dense(24, activation="relu"),
        keras.layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse")
model.fit(x_train, y_train, epochs=12, batch_size=32, verbose=0)
