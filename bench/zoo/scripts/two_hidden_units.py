"""Four spiral arms with a small network so that it does not overfit."""

import keras
import numpy as np

rng = np.random.default_rng(1)
y = np.arange(1600) % 4
r = rng.uniform(0.3, 2.5, 1600)
phi = 1.4 * r + y * np.pi / 2 + rng.normal(0, 0.1, 1600)
X = np.column_stack([r * np.cos(phi), r * np.sin(phi)])
x_train, x_test, y_train, y_test = X[:1100], X[1100:], y[:1100], y[1100:]
model = keras.Sequential(
    [
        keras.Input((2,)),
        keras.layers.Dense(2, activation="tanh"),
        keras.layers.Dense(4, activation="softmax"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=30, batch_size=32, validation_split=0.1, verbose=0)
