# How many bikes are rented per hour at our station? As the counts are skewed I train on the
# logarithm (everybody recommends that). The loss is nan from the first epoch on.
# There are no missing values in the table, I checked it twice.
import numpy as np
import pandas as pd
import keras
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

r = np.random.RandomState(2024)
n = 2000
bikes = pd.DataFrame({
    "hour": r.randint(0, 24, n),
    "temp": r.normal(14, 7, n),
    "rain": r.binomial(1, 0.25, n),
    "weekend": r.binomial(1, 2 / 7, n),
})
bikes["hour_sin"] = np.sin(2 * np.pi * bikes["hour"] / 24)
bikes["hour_cos"] = np.cos(2 * np.pi * bikes["hour"] / 24)
rate = np.exp(1.9 - 0.9 * bikes["hour_cos"] - 0.3 * bikes["hour_sin"] + 0.05 * (bikes["temp"] - 14)
              - 0.8 * bikes["rain"] + 0.3 * bikes["weekend"])
bikes["rented"] = r.poisson(rate)
assert not bikes.isna().any().any()

cols = ["temp", "rain", "weekend", "hour_sin", "hour_cos"]
X_train, X_test, rented_train, rented_test = train_test_split(
    bikes[cols].values, bikes["rented"].values, test_size=0.25, random_state=0)
sc = StandardScaler().fit(X_train)
X_train, X_test = sc.transform(X_train), sc.transform(X_test)
y_train = np.log(rented_train)

model = keras.models.Sequential()
model.add(keras.layers.Input(shape=(len(cols),)))
model.add(keras.layers.Dense(32, activation="relu"))
model.add(keras.layers.Dense(32, activation="relu"))
model.add(keras.layers.Dense(1))
model.compile(loss="mse", optimizer="adam")

hist = model.fit(X_train, y_train, epochs=15, batch_size=32, verbose=0)
print("loss:", hist.history["loss"])
bikes_pred = np.exp(model.predict(X_test, verbose=0).ravel())
print("predicted:", bikes_pred[:5], "rented:", rented_test[:5])
if not np.isnan(bikes_pred).any():
    print("R2:", r2_score(rented_test, bikes_pred))
