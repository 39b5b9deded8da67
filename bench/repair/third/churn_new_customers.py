"""Churn model for a phone company. Validation accuracy is 99.x %, everybody was happy.
Now we ran it on the customers of the current quarter (we waited to see who leaves) and
it says that practically nobody leaves. What is wrong with the network?"""
import numpy as np
import pandas as pd
import keras
from sklearn.preprocessing import StandardScaler


def export(n, seed, closed_quarter):
    """crm export; closed_quarter: the accounts of that quarter are already settled"""
    r = np.random.RandomState(seed)
    df = pd.DataFrame({
        "months": r.randint(1, 72, n),
        "fee": r.uniform(10, 60, n),
        "complaints": r.poisson(1.0, n),
        "data_gb": r.gamma(2.0, 5.0, n),
        "age": r.randint(18, 80, n),
    })
    logit = (-0.06 * (df["months"] - 36) + 0.05 * (df["fee"] - 35)
             + 1.2 * (df["complaints"] - 1) - 0.05 * (df["data_gb"] - 10))
    df["churned"] = (r.rand(n) < 1 / (1 + np.exp(-2 * logit))).astype(int)
    refund = np.where(df["churned"] == 1, r.uniform(5, 40, n), 0.0)
    df["final_refund"] = refund if closed_quarter else 0.0
    return df


last_year = export(1600, seed=1, closed_quarter=True)
this_quarter = export(500, seed=2, closed_quarter=False)

features = [c for c in last_year.columns if c != "churned"]
scaler = StandardScaler().fit(last_year[features])
x_train, y_train = scaler.transform(last_year[features]), last_year["churned"].values
x_test, y_test = scaler.transform(this_quarter[features]), this_quarter["churned"].values

model = keras.Sequential([
    keras.layers.Input((len(features),)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
h = model.fit(x_train, y_train, validation_split=0.2, epochs=15, batch_size=32, verbose=0)
print("validation accuracy :", h.history["val_accuracy"][-1])
print("current quarter     :", model.evaluate(x_test, y_test, verbose=0)[1])
