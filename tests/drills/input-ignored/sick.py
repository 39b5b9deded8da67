"""A slip in the wiring: the first layer gets zeros."""

import keras
import numpy as np

keras.utils.set_random_seed(0)
random = np.random.default_rng(0)
x = random.normal(size=(640, 20)).astype("float32")
y = np.argmax(x @ random.normal(size=(20, 4)), axis=1)
inputs = keras.Input((20,))
hidden = keras.layers.Dense(32, activation="tanh", name="first")(keras.ops.zeros_like(inputs))
outputs = keras.layers.Dense(4, activation="softmax", name="answer")(hidden)
model = keras.Model(inputs, outputs)
model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=32, epochs=10, validation_split=0.2, verbose=0)
