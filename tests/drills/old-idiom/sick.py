"""An optimiser is given a decay, which Keras 3 ignores: the rate that was to fall stays."""

import warnings

import keras
import numpy as np

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
x = rng.normal(size=(400, 6)).astype("float32")
y = x @ rng.normal(size=6) + rng.normal(size=400) * 0.1

model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    optimizer = keras.optimizers.Adam(learning_rate=0.01, decay=0.01)
model.compile(optimizer=optimizer, loss="mse")
model.fit(x, y, epochs=10, batch_size=20, validation_split=0.2, verbose=0)
