"""LSTM for the water level of a river (cm), next hour from the last 12 hours.
The prediction is a flat line far below the curve. More units did not help."""
import numpy as np
import pandas as pd
import keras
from keras import layers
from sklearn.metrics import r2_score

WINDOW = 12


def gauge(n=1000):
    rng = np.random.default_rng(64)
    t = np.arange(n)
    drift = np.zeros(n)
    for i in range(1, n):
        drift[i] = 0.9 * drift[i - 1] + rng.normal(0, 3)
    level = 420 + 55 * np.sin(2 * np.pi * t / 25) + 20 * np.sin(2 * np.pi * t / 160) + drift
    index = pd.date_range("2023-03-01", periods=n, freq="h")
    return pd.DataFrame({"level_cm": level}, index=index)


def windows(values, size):
    x = np.stack([values[i:i + size] for i in range(len(values) - size)])
    y = values[size:]
    return x[..., None], y


df = gauge()
series = df["level_cm"].to_numpy(dtype="float32")
x, y = windows(series, WINDOW)
cut = int(len(x) * 0.8)
x_train, x_test = x[:cut], x[cut:]
y_train, y_test = y[:cut], y[cut:]
print(x_train.shape, y_train.shape)

model = keras.Sequential([
    keras.Input(shape=(WINDOW, 1)),
    layers.LSTM(20),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse")
model.fit(x_train, y_train, epochs=15, batch_size=64, verbose=0)

forecast = model.predict(x_test, verbose=0).ravel()
print("forecast:", forecast[:5], "truth:", y_test[:5])
print("R2:", r2_score(y_test, forecast))
