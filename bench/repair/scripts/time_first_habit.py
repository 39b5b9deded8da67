"""From PyTorch: my sequences are time first there. The Keras model trains but val accuracy is 1/4 = guessing."""

import keras
import numpy as np
from keras import layers, ops

T, F = 10, 6


class Flat(layers.Layer):
    """(batch, time, features) -> (batch, time * features)"""

    def call(self, x):
        x = ops.transpose(x, (1, 0, 2))
        return ops.reshape(x, (-1, T * F))

    def compute_output_shape(self, shape):
        return (shape[0], T * F)


rng = np.random.default_rng(47)
n = 1280
label = rng.integers(0, 4, n)
x = rng.normal(0, 1, (n, T, F)).astype("float32")
x[np.arange(n), :, label] += np.linspace(0, 1.5, T)
x_train, x_test = x[:960], x[960:]
y_train, y_test = label[:960], label[960:]

inputs = keras.Input((T, F))
h = layers.Dense(16, activation="relu")(inputs)
h = layers.Dense(F, activation="relu")(h)
h = Flat()(h)
h = layers.Dense(32, activation="relu")(h)
outputs = layers.Dense(4, activation="softmax")(h)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=10, batch_size=32, verbose=0)
