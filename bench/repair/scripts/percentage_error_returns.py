# Why does my network only predict values near 0? (regression, target is centred)
# My boss wants the error in percent, so I use MAPE.
import pandas as pd
import keras
from sklearn.datasets import make_friedman2
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

X, y = make_friedman2(n_samples=1400, noise=300.0, random_state=4)
df = pd.DataFrame(X, columns=["r", "omega", "l", "c"])
df["z"] = (y - y.mean()) / y.std()

train, test = train_test_split(df, test_size=300, random_state=4)
features = ["r", "omega", "l", "c"]
scaler = StandardScaler()
x_train = scaler.fit_transform(train[features])
x_test = scaler.transform(test[features])
y_train, y_test = train["z"].to_numpy(), test["z"].to_numpy()

model = keras.Sequential(
    [keras.Input((4,)), keras.layers.Dense(32, "relu"), keras.layers.Dense(32, "relu"), keras.layers.Dense(1)]
)
model.compile(loss="mean_absolute_percentage_error", optimizer=keras.optimizers.Adam(0.003))
model.fit(x_train, y_train, epochs=15, batch_size=32, validation_split=0.1, verbose=0)
print(pd.Series(model.predict(x_test, verbose=0).ravel()).describe())
