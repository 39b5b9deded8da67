"""Predict whether a loan is paid back. Incomes are in dong, ages in years. The network says yes to everybody."""

import keras
import numpy as np
from sklearn.model_selection import train_test_split

rng = np.random.default_rng(4)
n = 1500
income = rng.lognormal(17, 0.6, n)
debt = income * rng.uniform(0, 1.5, n)
age = rng.integers(20, 70, n)
jobs = rng.poisson(2, n)
y = ((debt / income < 0.8) & (age > 28) | (jobs < 2)).astype(int)
X = np.column_stack([income, debt, age, jobs]).astype("float32")
x_train, x_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)

model = keras.Sequential(
    [
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=15, batch_size=32, validation_split=0.2, verbose=0)
