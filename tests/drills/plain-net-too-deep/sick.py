"""Sixteen layers of sigmoids in a row let no gradient through."""

import keras
import numpy as np

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
centres = rng.normal(size=(3, 8)) * 1.5
y = rng.integers(0, 3, size=600)
x = (centres[y] + rng.normal(size=(600, 8))).astype("float32")

model = keras.Sequential([keras.Input((8,))])
for _ in range(16):
    model.add(keras.layers.Dense(16, activation="sigmoid"))
model.add(keras.layers.Dense(3, activation="softmax"))
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=20, batch_size=32, validation_split=0.2, verbose=0)
