"""Exponential decay copied from the documentation, training stops to improve after the first epoch."""

import keras
from sklearn.datasets import make_moons

X, y = make_moons(1500, noise=0.15, random_state=21)
x_train, x_test, y_train, y_test = X[:1000], X[1000:], y[:1000], y[1000:]
rate = keras.optimizers.schedules.ExponentialDecay(0.01, decay_steps=5, decay_rate=0.5)
model = keras.Sequential(
    [
        keras.Input((2,)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(rate), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=20, batch_size=32, validation_data=(x_test, y_test), verbose=0)
