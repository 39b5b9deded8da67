"""Steps twice as long as the valley is wide: each gradient is larger than the last."""

import keras
import numpy as np

keras.utils.set_random_seed(0)
random = np.random.default_rng(0)
x = 3 * random.normal(size=(640, 10)).astype("float32")
y = x @ random.normal(size=10) + 0.1 * random.normal(size=640)
model = keras.Sequential(
    [
        keras.Input((10,)),
        keras.layers.Dense(1, name="answer"),
    ]
)
model.compile(keras.optimizers.SGD(0.5), "mse")
model.fit(x, y, batch_size=32, epochs=10, validation_split=0.2, verbose=0)
