"""Electronic nose, 6 sensors, 4 gases. The classes look well separated when I plot
a few rows, but accuracy is poor (25-50 %) and the loss comes down very slowly."""
import numpy as np
import pandas as pd
import keras
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler

rng = np.random.default_rng(11)
GASES = ["air", "ethanol", "ammonia", "methane"]
cols = [f"s{i}" for i in range(1, 7)]


def logger_export(n=1500):
    """the csv that the data logger writes"""
    pattern = rng.integers(250, 800, size=(4, 6))
    gas = rng.integers(0, 4, n)
    conc = rng.uniform(0.75, 1.25, n)
    v = pattern[gas] * conc[:, None] + rng.normal(0, 35, (n, 6))
    v[rng.random((n, 6)) < 0.004] = 65535        # logger resets now and then
    frame = pd.DataFrame(v.round(), columns=cols)
    frame["gas"] = gas
    return frame


df = logger_export()
X = df[cols].values
y = df["gas"].values

X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.25, random_state=5)
scaler = MinMaxScaler()
X_tr = scaler.fit_transform(X_tr)
X_te = scaler.transform(X_te)

net = keras.Sequential([
    keras.Input((6,)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(len(GASES), activation="softmax"),
])
net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(X_tr, y_tr, epochs=15, batch_size=32, validation_split=0.1, verbose=0)

print("test accuracy", net.evaluate(X_te, y_te, verbose=0)[1])
