"""Four of five training targets damaged, no validation target."""

import keras
import numpy as np

keras.utils.set_random_seed(0)
random = np.random.default_rng(0)
x = random.normal(size=(640, 10)).astype("float32")
y = x @ random.normal(size=10) + 0.1 * random.normal(size=640)
validation = x[512:], y[512:].copy()
wrong = random.random(512) < 0.8
y[:512][wrong] += 5 * random.normal(size=wrong.sum())
model = keras.Sequential(
    [
        keras.Input((10,)),
        keras.layers.Dense(1, name="answer"),
    ]
)
model.compile(keras.optimizers.Adam(0.05), "mse")
model.fit(x[:512], y[:512], batch_size=32, epochs=20, validation_data=validation, verbose=0)
