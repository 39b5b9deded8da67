"""CNN on small colour pictures (converted from a PyTorch project). Gets stuck at mediocre accuracy."""

import keras
import numpy as np
from keras import layers

rng = np.random.default_rng(7)
n = 1200
y = rng.integers(0, 4, n)
grid = np.linspace(0, 3 * np.pi, 16)
x = rng.normal(0, 0.6, (n, 3, 16, 16)).astype("float32")
phase = rng.uniform(0, 6.3, (n, 1, 1))
row, col = np.meshgrid(grid, grid, indexing="ij")
pattern = np.stack([row, col, row + col, row - col])[y]
x += np.sin(2 * pattern + phase)[:, None]
x_train, y_train, x_test, y_test = x[:900], y[:900], x[900:], y[900:]

model = keras.Sequential(
    [
        layers.Input(x_train.shape[1:]),
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.GlobalMaxPooling2D(),
        layers.Dense(4, activation="softmax"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=10, batch_size=32, validation_split=0.1, verbose=0)
