"""A batch of wild targets in the middle of the training."""

import keras
import numpy as np

keras.utils.set_random_seed(0)
random = np.random.default_rng(0)
x = random.normal(size=(640, 10)).astype("float32")
y = x @ random.normal(size=10) + 0.1 * random.normal(size=640)
x[300:332] *= 100
y[300:332] = -1000
model = keras.Sequential(
    [
        keras.Input((10,)),
        keras.layers.Dense(32, activation="relu", name="hidden"),
        keras.layers.Dense(1, name="answer"),
    ]
)
model.compile(keras.optimizers.Adam(0.01), "mse")
model.fit(x, y, batch_size=32, epochs=10, shuffle=False, verbose=0)
