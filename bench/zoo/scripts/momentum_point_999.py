"""SGD with momentum oscillates wildly for the whole training."""

import keras
from sklearn.datasets import make_friedman1
from sklearn.model_selection import train_test_split

X, y = make_friedman1(1200, noise=0.5, random_state=3)
y = (y - y.mean()) / y.std()
x_train, x_test, y_train, y_test = train_test_split(X - 0.5, y, test_size=0.3, random_state=0)
model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(32, activation="tanh"), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.SGD(0.02, momentum=0.999), loss="mse", metrics=["mae"])
model.fit(x_train, y_train, epochs=15, batch_size=32, validation_split=0.1, verbose=0)
