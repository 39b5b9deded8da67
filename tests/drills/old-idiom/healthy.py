"""The rate falls by a schedule."""

import keras
import numpy as np

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
x = rng.normal(size=(400, 6)).astype("float32")
y = x @ rng.normal(size=6) + rng.normal(size=400) * 0.1

model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])
schedule = keras.optimizers.schedules.InverseTimeDecay(0.01, decay_steps=1, decay_rate=0.01)
model.compile(optimizer=keras.optimizers.Adam(schedule), loss="mse")
model.fit(x, y, epochs=10, batch_size=20, validation_split=0.2, verbose=0)
