"""My own scaling layer: the layers in front of it do not learn, only the last one."""

import keras
import numpy as np
from keras import ops


class Centre(keras.layers.Layer):
    def call(self, inputs):
        inputs = ops.stop_gradient(inputs)
        return inputs - ops.mean(inputs, axis=-1, keepdims=True)


rng = np.random.default_rng(14)
X = rng.normal(size=(1400, 12))
y = (np.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2] > 0).astype(int)
x_train, x_test, y_train, y_test = X[:1000], X[1000:], y[:1000], y[1000:]
model = keras.Sequential(
    [
        keras.Input((12,)),
        keras.layers.Dense(12, activation="tanh"),
        keras.layers.Dense(16, activation="tanh"),
        Centre(),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=30, batch_size=32, verbose=0)
