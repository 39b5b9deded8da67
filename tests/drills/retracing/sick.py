"""Every batch has another size, so the step is compiled anew."""

import keras
import numpy as np

keras.utils.set_random_seed(0)
random = np.random.default_rng(0)
x = random.normal(size=(640, 20)).astype("float32")
y = np.argmax(x @ random.normal(size=(20, 4)), axis=1)
model = keras.Sequential(
    [
        keras.Input((20,)),
        keras.layers.Dense(32, activation="relu", name="first"),
        keras.layers.Dense(32, activation="relu", name="second"),
        keras.layers.Dense(4, activation="softmax", name="answer"),
    ]
)


def batches():
    while True:
        for size in range(20, 28):
            rows = random.integers(0, 640, size)
            yield x[rows], y[rows]


model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(batches(), steps_per_epoch=40, epochs=6, verbose=0)
