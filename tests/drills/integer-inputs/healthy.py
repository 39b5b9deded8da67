"""Tokens are whole numbers."""

import keras
import numpy as np

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
x = rng.integers(0, 50, size=(400, 12))
y = (x[:, :6].mean(axis=1) > x[:, 6:].mean(axis=1)).astype("int32")

model = keras.Sequential(
    [
        keras.Input((12,)),
        keras.layers.Embedding(50, 8),
        keras.layers.Flatten(),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=15, batch_size=32, validation_split=0.2, verbose=0)
