"""Daily power demand of a small town from the weather of today and yesterday.
Fits the past very well, but for the last 100 days (test) R2 is far below zero."""
import numpy as np
import pandas as pd
import keras
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(123)
DAYS = 1000


def weather_and_load():
    d = np.arange(DAYS)
    season = -np.cos(2 * np.pi * (d - 15) / 365)
    noise = np.zeros(DAYS)
    for i in range(1, DAYS):
        noise[i] = 0.7 * noise[i - 1] + rng.normal(0, 2.5)
    df = pd.DataFrame({"temp": 12 + 11 * season + noise,
                       "wind": rng.gamma(3, 1.5, DAYS),
                       "sun": np.clip(6 + 4 * season + rng.normal(0, 2, DAYS), 0, None)})
    df["weekend"] = ((d % 7) >= 5).astype(float)
    df["temp_yesterday"] = df["temp"].shift(1)
    t = 0.7 * df["temp"] + 0.3 * df["temp_yesterday"]
    df["load"] = (400 + 9 * (17 - t).clip(lower=0) + 12 * (t - 21).clip(lower=0)
                  + 3 * df["wind"] - 70 * df["weekend"] + rng.normal(0, 8, DAYS))
    return df.dropna().reset_index(drop=True)


df = weather_and_load()
cols = ["temp", "temp_yesterday", "wind", "sun", "weekend"]
train, test = df.iloc[:-100], df.iloc[-100:]

scaler = StandardScaler()
x_train = scaler.fit_transform(train[cols])
x_test = scaler.fit_transform(test[cols])
level, spread = train["load"].mean(), train["load"].std()
y_train = (train["load"].values - level) / spread
y_test = (test["load"].values - level) / spread

model = keras.Sequential([
    keras.layers.Input((len(cols),)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
model.fit(x_train, y_train, epochs=35, batch_size=32, verbose=0)

print("R2 past:  ", r2_score(y_train, model.predict(x_train, verbose=0).ravel()))
print("R2 future:", r2_score(y_test, model.predict(x_test, verbose=0).ravel()))
