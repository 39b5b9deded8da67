"""expected ndim=3, found ndim=2 when I add the second LSTM."""

import keras
import numpy as np

rng = np.random.default_rng(3)
t = np.arange(20)
period = rng.integers(0, 2, 800)
x = np.sin(t * np.where(period, 0.9, 0.5)[:, None] + rng.uniform(0, 6, (800, 1)))[..., None]
x_train, x_test, y_train, y_test = x[:600], x[600:], period[:600], period[600:]
model = keras.Sequential(
    [
        keras.Input((20, 1)),
        keras.layers.LSTM(12),
        keras.layers.LSTM(12),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=8, batch_size=32, verbose=0)
