"""Forecast of tomorrow's temperature from the last 7 days. The forecast is 1.0 degrees on every single day."""

import numpy as np
from keras import Input, Model, layers, optimizers

rng = np.random.default_rng(55)
day = np.arange(1500)
temperature = 11 + 9 * np.sin(2 * np.pi * day / 365)
noise = np.zeros(1500)
for i in range(1, 1500):
    noise[i] = 0.8 * noise[i - 1] + rng.normal(0, 1.2)
temperature = temperature + noise

WINDOW = 7
x = np.stack([temperature[i : i + WINDOW] for i in range(1500 - WINDOW)])
y = temperature[WINDOW:]
x = (x - x[:1100].mean()) / x[:1100].std()

x_train, y_train = x[:1100], y[:1100]
x_test, y_test = x[1100:], y[1100:]

week = Input((WINDOW,))
h = layers.Dense(32, activation="tanh")(week)
h = layers.Dense(16, activation="tanh")(h)
tomorrow = layers.Dense(1, activation="tanh")(h)
model = Model(week, tomorrow)
model.compile(optimizer=optimizers.Adam(0.01), loss="mse", metrics=["mae"])
model.fit(x_train, y_train, epochs=20, batch_size=32, validation_split=0.1, verbose=0)
print("mae in degrees:", model.evaluate(x_test, y_test, verbose=0)[1])
