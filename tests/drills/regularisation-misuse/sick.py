"""A penalty so strong that no weights at all cost least."""

import keras
import numpy as np

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
centres = rng.normal(size=(3, 8)) * 1.5
y = rng.integers(0, 3, size=600)
x = (centres[y] + rng.normal(size=(600, 8))).astype("float32")

penalty = keras.regularizers.L2(5.0)
model = keras.Sequential(
    [
        keras.Input((8,)),
        keras.layers.Dense(32, activation="relu", kernel_regularizer=penalty),
        keras.layers.Dense(3, activation="softmax", kernel_regularizer=penalty),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=10, batch_size=32, validation_split=0.2, verbose=0)
