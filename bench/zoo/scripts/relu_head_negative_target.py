"""Standardised target, but the model never predicts anything below zero."""

import keras
from sklearn.datasets import make_friedman1
from sklearn.model_selection import train_test_split

X, y = make_friedman1(1200, n_features=8, noise=0.5, random_state=2)
y = (y - y.mean()) / y.std()
x_train, x_test, y_train, y_test = train_test_split(X - 0.5, y, test_size=0.3, random_state=1)


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = keras.layers.Dense(48, activation="relu")
        self.second = keras.layers.Dense(24, activation="relu")
        self.last = keras.layers.Dense(1, activation="relu")

    def call(self, inputs):
        return self.last(self.second(self.first(inputs)))


model = Net()
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="mse", metrics=["mae"])
model.fit(x_train, y_train, epochs=20, batch_size=32, validation_split=0.1, verbose=0)
