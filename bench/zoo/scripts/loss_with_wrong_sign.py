"""Custom loss: log-likelihood of a Gaussian. Loss gets smaller and smaller, predictions are garbage."""

import keras
import numpy as np
from keras import ops


def likelihood(y_true, y_pred):
    return -0.5 * ops.mean(ops.square(y_true - y_pred), axis=-1)


rng = np.random.default_rng(19)
X = rng.normal(size=(1200, 4))
y = X[:, 0] * X[:, 1] + np.sin(X[:, 2])
x_train, x_test, y_train, y_test = X[:900], X[900:], y[:900], y[900:]
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.Adam(0.005), loss=likelihood)
model.fit(x_train, y_train, epochs=15, batch_size=32, validation_split=0.1, verbose=0)
