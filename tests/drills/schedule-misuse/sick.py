"""A decay counted in epochs where steps were meant."""

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
schedule = keras.optimizers.schedules.ExponentialDecay(0.02, decay_steps=2, decay_rate=0.1)
model.compile(keras.optimizers.SGD(schedule), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=32, epochs=10, validation_split=0.2, verbose=0)
