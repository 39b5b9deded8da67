# loss: nan - val_loss: nan
# features are daily returns and rolling means of a price, label: up or down tomorrow
import keras
import numpy as np
import pandas as pd

rng = np.random.default_rng(83)
n = 1600
drift = np.zeros(n)
for day in range(1, n):
    drift[day] = 0.9 * drift[day - 1] + rng.normal(0, 0.5)
price = pd.Series(100 * np.exp(np.cumsum(0.01 * (drift + rng.normal(0, 0.3, n)))))

df = pd.DataFrame()
df["ret1"] = price.pct_change() * 100
df["ret5"] = price.pct_change(5) * 100 / 3
df["gap"] = (price / price.rolling(10).mean() - 1) * 100 / 3
df["up"] = (price.shift(-1) > price).astype(int)
df = df.iloc[:-1]

split = int(len(df) * 0.75)
x_train, y_train = df[["ret1", "ret5", "gap"]].values[:split], df["up"].values[:split]
x_test, y_test = df[["ret1", "ret5", "gap"]].values[split:], df["up"].values[split:]

model = keras.Sequential()
model.add(keras.Input(shape=(3,)))
model.add(keras.layers.Dense(16, activation="relu"))
model.add(keras.layers.Dense(16, activation="relu"))
model.add(keras.layers.Dense(2, activation="softmax"))
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=10, batch_size=32, validation_split=0.1, verbose=0)
