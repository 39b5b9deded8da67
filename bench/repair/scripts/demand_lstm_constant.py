# LSTM predicts the same number for every window
# ----------------------------------------------
# data: hourly demand of a city (MW). 12 hours in, the next hour out.
import numpy as np
import pandas as pd
import keras
from keras.layers import LSTM, Dense

N_STEPS = 12

hours = pd.date_range("2021-01-01", periods=1200, freq="h")
rng = np.random.default_rng(8)
demand = (
    21000
    + 4500 * np.sin(2 * np.pi * (hours.hour - 7) / 24)
    - 2500 * (hours.dayofweek >= 5)
    + rng.normal(0, 500, 1200)
)
series = pd.Series(np.asarray(demand), index=hours)


def split_sequence(sequence, n_steps):
    X, y = [], []
    for i in range(len(sequence) - n_steps):
        X.append(sequence[i : i + n_steps])
        y.append(sequence[i + n_steps])
    return np.array(X), np.array(y)


values = series.to_numpy()
X, y = split_sequence(values, N_STEPS)
X = X.reshape((X.shape[0], X.shape[1], 1))
n_train = 900
x_train, y_train = X[:n_train], y[:n_train]
x_test, y_test = X[n_train:], y[n_train:]

model = keras.Sequential()
model.add(keras.Input((N_STEPS, 1)))
model.add(LSTM(16))
model.add(Dense(1))
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
model.fit(x_train, y_train, epochs=12, batch_size=64, verbose=0)
print(model.predict(x_test[:5], verbose=0).ravel(), y_test[:5])
