"""Patients: will they come back within a month? Perfect in the lab, useless at the desk."""

import keras
import numpy as np
from sklearn.model_selection import train_test_split

rng = np.random.default_rng(3)
X = rng.normal(size=(1000, 9))
came_back = (X[:, 0] - X[:, 1] + 0.7 * X[:, 2] * X[:, 3] + 0.5 * rng.normal(size=1000) > 0).astype(int)
visits_next_month = came_back * rng.integers(1, 4, 1000)
X = np.column_stack([X, visits_next_month])

x_train, x_test, y_train, y_test = train_test_split(X, came_back, test_size=0.3, random_state=0)
x_test = x_test.copy()
x_test[:, 9:] = 0  # not known at the desk
model = keras.Sequential(
    [
        keras.Input((x_train.shape[1],)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=15, batch_size=32, validation_split=0.2, verbose=0)
