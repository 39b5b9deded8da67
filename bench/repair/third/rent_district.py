"""Rent per flat. The district matters a lot in our city and it is in the table,
but the network seems to ignore it: R2 is the same with and without that column."""
import numpy as np
import pandas as pd
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from keras import layers, models, optimizers

rng = np.random.default_rng(8)
n = 2000
names = np.array([f"district_{k:02d}" for k in range(50)])
price_level = dict(zip(names, rng.normal(0, 1.0, 50)))

df = pd.DataFrame({
    "size": rng.uniform(25, 140, n),
    "rooms": rng.integers(1, 6, n),
    "floor": rng.integers(0, 8, n),
    "year": rng.integers(1900, 2020, n),
    "district": rng.choice(names, n),
})
rent = (0.012 * (df["size"] - 80) + 0.1 * df["rooms"] + 0.03 * df["floor"]
        + 0.004 * (df["year"] - 1960) + df["district"].map(price_level) + rng.normal(0, 0.2, n))
df["rent"] = rent          # in 500 EUR around the city average

# text to numbers
df["district"] = df["district"].astype("category").cat.codes

X = df.drop(columns="rent").to_numpy(dtype="float32")
y = df["rent"].to_numpy(dtype="float32")
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=4)
sc = StandardScaler()
X_train = sc.fit_transform(X_train)
X_test = sc.transform(X_test)

model = models.Sequential([
    layers.Input(shape=(X_train.shape[1],)),
    layers.Dense(64, activation="relu"),
    layers.Dense(32, activation="relu"),
    layers.Dense(1),
])
model.compile(optimizer=optimizers.Adam(1e-3), loss="mse", metrics=["mae"])
model.fit(X_train, y_train, epochs=15, batch_size=32, validation_split=0.1, verbose=0)
print("R2:", r2_score(y_test, model.predict(X_test, verbose=0)))
