"""Lasso-like network for regression, output is constant."""

import keras
from sklearn.datasets import make_friedman1
from sklearn.model_selection import train_test_split

X, y = make_friedman1(1200, noise=0.5, random_state=9)
y = (y - y.mean()) / y.std()
x_train, x_test, y_train, y_test = train_test_split(X - 0.5, y, test_size=0.3, random_state=2)
penalty = keras.regularizers.L1(0.3)
inputs = keras.Input((10,))
h = keras.layers.Dense(32, activation="relu", kernel_regularizer=penalty)(inputs)
h = keras.layers.Dense(16, activation="relu", kernel_regularizer=penalty)(h)
model = keras.Model(inputs, keras.layers.Dense(1)(h))
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse")
model.fit(x_train, y_train, epochs=15, batch_size=32, validation_split=0.1, verbose=0)
