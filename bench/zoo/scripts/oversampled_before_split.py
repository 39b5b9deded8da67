"""Validation accuracy 99 %, in production 70 %. I oversampled the rare class as everyone recommends."""

import keras
import numpy as np
from sklearn.model_selection import train_test_split

rng = np.random.default_rng(2)
X = rng.normal(size=(700, 20))
y = (X[:, 0] + 1.2 * rng.normal(size=700) > 1.6).astype(int)
x_rest, x_test, y_rest, y_test = train_test_split(X, y, test_size=0.4, stratify=y, random_state=1)

rare = np.flatnonzero(y_rest == 1)
extra = rng.choice(rare, 6 * len(rare))
X_all, y_all = np.concatenate([x_rest, x_rest[extra]]), np.concatenate([y_rest, y_rest[extra]])
x_train, x_val, y_train, y_val = train_test_split(X_all, y_all, test_size=0.3, random_state=0)

model = keras.Sequential(
    [
        keras.Input((20,)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
history = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=30, batch_size=32, verbose=0)
