"""ValueError: Invalid dtype: object   when I call fit on a pandas table (insurance cost)."""
import keras
import numpy as np
import pandas as pd

rng = np.random.default_rng(33)
n = 1100
frame = pd.DataFrame(
    {
        "age": rng.integers(18, 65, n),
        "bmi": rng.normal(28, 5, n),
        "smoker": rng.random(n) < 0.3,
        "children": rng.poisson(1, n),
    }
)
cost = 2.0 * frame["age"] + 1.5 * (frame["bmi"] - 28) + 30.0 * frame["smoker"] + 2.5 * frame["children"]
cost = cost + frame["smoker"] * (frame["bmi"] - 28) * 2 + rng.normal(0, 4, n)
frame["cost"] = (cost - cost.mean()) / cost.std()

for column in ("age", "bmi", "children"):
    frame[column] = (frame[column] - frame[column].mean()) / frame[column].std()

train, test = frame.iloc[:800], frame.iloc[800:]
x_train = train[["age", "bmi", "smoker", "children"]].values
x_test = test[["age", "bmi", "smoker", "children"]].values.astype("float32")
y_train, y_test = train["cost"].values, test["cost"].values

model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(24, activation="relu"), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse", metrics=["mae"])
model.fit(x_train, y_train, epochs=15, batch_size=32, validation_split=0.1, verbose=0)
