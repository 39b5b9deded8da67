"""ECG-like curves with one channel. Layer normalisation should make training easier, but the output is constant."""

import keras
import numpy as np
from keras import layers

rng = np.random.default_rng(60)
n, length = 1000, 48
kind = rng.integers(0, 3, n)
t = np.arange(length)
width = np.array([1.2, 2.5, 5.0])[kind][:, None]
centre = rng.uniform(12, 36, (n, 1))
curve = 3 * np.exp(-0.5 * ((t - centre) / width) ** 2) + rng.normal(0, 0.3, (n, length)) + rng.normal(0, 1, (n, 1))
x = curve[:, :, None].astype("float32")
x_train, x_test, y_train, y_test = x[:750], x[750:], kind[:750], kind[750:]


def classifier():
    signal = layers.Input((length, 1))
    h = layers.LayerNormalization()(signal)
    h = layers.Conv1D(16, 7, padding="same", activation="relu")(h)
    h = layers.MaxPooling1D(2)(h)
    h = layers.Conv1D(16, 7, padding="same", activation="relu")(h)
    h = layers.GlobalMaxPooling1D()(h)
    h = layers.Dense(16, activation="relu")(h)
    return keras.Model(signal, layers.Dense(3, activation="softmax")(h))


model = classifier()
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=32, epochs=10, validation_split=0.1, verbose=0)
