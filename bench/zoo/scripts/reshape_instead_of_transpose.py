"""Sensors are stored as (channels, time, rows). Reshaped for Keras, but the LSTM learns nothing."""

import keras
import numpy as np

rng = np.random.default_rng(23)
kind = rng.integers(0, 2, 900)
time = np.arange(16)
wave = np.where(kind[:, None], np.sin(0.8 * time), np.cos(1.6 * time)) + 0.5 * rng.normal(size=(900, 16))
other = rng.normal(size=(900, 16))
stored = np.stack([wave, other]).transpose(0, 2, 1)
x = stored.reshape(900, 16, 2)
x_train, x_test, y_train, y_test = x[:650], x[650:], kind[:650], kind[650:]
model = keras.Sequential(
    [
        keras.Input((16, 2)),
        keras.layers.GRU(16),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=8, batch_size=32, validation_split=0.1, verbose=0)
