"""Energy use of buildings; my prediction is a flat line close to zero.

R2 on the test set is about 0.0. I followed a tutorial that says to use a small step so that SGD doesn't diverge.
"""
import numpy as np
import keras
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler


def make_table(n, seed):
    rng = np.random.default_rng(seed)
    outside = rng.normal(9, 8, n)
    area = rng.uniform(60, 900, n)
    people = rng.poisson(area / 40)
    insulation = rng.uniform(0.2, 1.5, n)
    kwh = area * insulation * np.maximum(18 - outside, 0) * 0.02 + 3 * people + rng.normal(0, 8, n)
    return np.column_stack([outside, area, people, insulation]), kwh[:, None]


def build_model():
    net = keras.Sequential()
    net.add(keras.layers.Input(shape=(4,)))
    net.add(keras.layers.Dense(32, activation="relu"))
    net.add(keras.layers.Dense(32, activation="relu"))
    net.add(keras.layers.Dense(1))
    net.compile(loss="mean_squared_error", optimizer=keras.optimizers.SGD(learning_rate=1e-5))
    return net


X_train, y_train = make_table(1000, 0)
X_test, y_test = make_table(300, 1)
xs, ys = StandardScaler().fit(X_train), StandardScaler().fit(y_train)
x_train, x_test = xs.transform(X_train), xs.transform(X_test)
y_train, y_test = ys.transform(y_train), ys.transform(y_test)

model = build_model()
model.fit(x_train, y_train, epochs=15, batch_size=32, shuffle=True, verbose=0)
print("R2", r2_score(y_test, model.predict(x_test, verbose=0)))
