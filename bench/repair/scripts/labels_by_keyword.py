"""Spam in short messages (bags of word ids). Labels for training were made by a keyword rule, test is hand-checked.

Precision is fine, recall is bad.
"""

import keras
import numpy as np

VOCABULARY = 120
rng = np.random.default_rng(26)


def messages(n):
    spam = rng.integers(0, 2, n)
    ids = rng.integers(0, VOCABULARY, (n, 20))
    typical = rng.integers(0, 30, (n, 20))
    ids = np.where((rng.random((n, 20)) < 0.35) & (spam == 1)[:, None], typical, ids)
    bags = np.zeros((n, VOCABULARY), "float32")
    for row in range(n):
        np.add.at(bags[row], ids[row], 1)
    return bags, spam


x_train, checked = messages(1500)
x_test, y_test = messages(400)
missed = (checked == 1) & (rng.random(1500) < 0.6)  # the rule does not know all words
y_train = np.where(missed, 0, checked)

inputs = keras.Input((VOCABULARY,))
x = keras.layers.Dense(32, activation="relu")(inputs)
x = keras.layers.Dropout(0.3)(x)
model = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(x))
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy", "precision", "recall"])
model.fit(x_train, y_train, epochs=8, batch_size=32, validation_split=0.1, verbose=0)
