"""LSTM loss jumps up and down, learning rate 0.5 as in my other project."""

import keras
import numpy as np

rng = np.random.default_rng(18)
steps = np.arange(18)
label = rng.integers(0, 3, 1000)
x = np.sin(steps * (0.4 + 0.35 * label)[:, None] + rng.uniform(0, 6.3, (1000, 1))) + 0.3 * rng.normal(size=(1000, 18))
x = x[..., None].astype("float32")
x_train, x_test, y_train, y_test = x[:750], x[750:], label[:750], label[750:]


class Counter(keras.Model):
    def __init__(self):
        super().__init__()
        self.memory = keras.layers.LSTM(16)
        self.answer = keras.layers.Dense(3, activation="softmax")

    def call(self, inputs):
        return self.answer(self.memory(inputs))


model = Counter()
model.compile(keras.optimizers.Adam(0.5), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=10, batch_size=32, verbose=0)
