"""Columns in their own units, standardised by the first layer."""

import keras
import numpy as np

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
y = rng.integers(0, 3, size=600)
centres = rng.normal(size=(3, 8))
x = (centres[y] + rng.normal(size=(600, 8)) * 0.7) * [1, 5, 200, 1000, 3, 50, 2000, 10] + 3000
x = x.astype("float32")
scaled = keras.layers.Normalization()
scaled.adapt(x[:480])

model = keras.Sequential(
    [
        keras.Input((8,)),
        scaled,
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(3, activation="softmax"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=10, batch_size=32, validation_split=0.2, verbose=0)
