"""Loan default with a table from our database. accuracy never leaves 0.5 and the loss is huge (1e6) at first."""

import keras
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(19)
n = 1500
table = pd.DataFrame(
    {
        "created": 1_600_000_000 + rng.integers(0, 60_000_000, n),
        "income": rng.lognormal(10.3, 0.4, n),
        "amount": rng.lognormal(9.2, 0.5, n),
        "delays": rng.poisson(1.2, n),
        "years_employed": rng.exponential(6, n),
    }
)
logit = (
    1.8 * (np.log(table["amount"]) - 9.2) - 2.5 * (np.log(table["income"]) - 10.3)
    + 0.9 * (table["delays"] - 1.2) - 0.1 * (table["years_employed"] - 6)
)
table["default"] = (logit + rng.normal(0, 0.4, n) > 0).astype(int)

numeric = ["income", "amount", "delays", "years_employed"]
X = table.drop(columns="default").astype("float64")
y = table["default"].to_numpy()
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=19)
X_train, X_test = X_train.copy(), X_test.copy()
sc = StandardScaler()
X_train[numeric] = sc.fit_transform(X_train[numeric])
X_test[numeric] = sc.transform(X_test[numeric])
x_train, x_test = X_train.to_numpy("float32"), X_test.to_numpy("float32")

model = keras.Sequential(
    [
        keras.Input((x_train.shape[1],)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=15, batch_size=32, validation_data=(x_test, y_test), verbose=0)
