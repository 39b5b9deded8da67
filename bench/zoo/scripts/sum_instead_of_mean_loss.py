"""Learning rate that worked before explodes after I wrote the loss myself with sum."""

import keras
import numpy as np
from keras import ops


def squared_error(y_true, y_pred):
    return ops.sum(ops.square(y_true - y_pred))


rng = np.random.default_rng(41)
X = rng.normal(size=(1200, 6))
y = X[:, 0] + np.abs(X[:, 1]) - X[:, 2] * X[:, 3] + 0.1 * rng.normal(size=1200)
x_train, x_test, y_train, y_test = X[:900], X[900:], y[:900, None], y[900:, None]
model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.SGD(0.05), loss=squared_error)
model.fit(x_train, y_train, epochs=15, batch_size=64, verbose=0)
