"""Resale value of used machines (in 1000 EUR), some fields in the form are empty.
The error is hardly better than predicting the average. A tree model gets R2 = 0.8 on the
same table so the information must be in there."""
import numpy as np
import pandas as pd
import keras
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler


def read_table(n=1600):
    rng = np.random.default_rng(55)
    t = pd.DataFrame({
        "hours": rng.uniform(100, 9000, n),
        "age": rng.uniform(0, 20, n),
        "power_kw": rng.uniform(20, 200, n),
        "weight_t": rng.uniform(1, 25, n),
        "owners": rng.integers(1, 5, n).astype(float),
    })
    t["value"] = (25 + 0.25 * t["power_kw"] * np.exp(-t["age"] / 12) + 0.8 * t["weight_t"]
                  - 0.0025 * t["hours"] - 1.5 * t["owners"] + rng.normal(0, 2, n))
    for c in ["hours", "age", "power_kw", "weight_t", "owners"]:
        t.loc[rng.random(n) < 0.04, c] = np.nan
    return t


table = read_table()
print(table.isna().sum())
table = table.fillna(-99999)

X = table.drop(columns="value")
y = table["value"] / 10
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=2)
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)

model = keras.Sequential([
    keras.layers.Input(shape=(X_train.shape[1],)),
    keras.layers.Dense(64, activation="relu"),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(1),
])
model.compile(optimizer="adam", loss="mse")
model.fit(X_train, y_train.values, epochs=25, batch_size=32, validation_split=0.1, verbose=0)

y_pred = model.predict(X_test, verbose=0).ravel()
print("MAE:", 10 * mean_absolute_error(y_test, y_pred))
print("R2: ", r2_score(y_test, y_pred))
