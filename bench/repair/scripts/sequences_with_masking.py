"""Sequences of different length, padded, Masking in front. Short ones are nearly all wrong."""

import keras
import numpy as np
from keras.utils import pad_sequences

MAX_LEN = 80
rng = np.random.default_rng(70)


def signals(n):
    form = rng.integers(0, 4, n)  # rise, fall, hill, valley
    out = []
    for f in form:
        length = rng.integers(5, 12)
        t = np.linspace(-1, 1, length)
        curve = [t, -t, 0.7 - 1.5 * t**2, 1.5 * t**2 - 0.7][f]
        out.append((curve + rng.normal(0, 0.35, length)).tolist())
    return pad_sequences(out, maxlen=MAX_LEN, dtype="float32", padding="post")[..., None], form


x_train, y_train = signals(500)
x_test, y_test = signals(300)

model = keras.Sequential(
    [
        keras.Input((MAX_LEN, 1)),
        keras.layers.Masking(mask_value=-1.0),
        keras.layers.SimpleRNN(16),
        keras.layers.Dense(4, activation="softmax"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=5, batch_size=32, verbose=0)
