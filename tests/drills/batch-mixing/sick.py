"""A softmax over the examples of the batch."""

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
        keras.layers.Dense(4, name="second"),
        keras.layers.Softmax(axis=0, name="answer"),
    ]
)
model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=32, epochs=10, validation_split=0.2, verbose=0)
