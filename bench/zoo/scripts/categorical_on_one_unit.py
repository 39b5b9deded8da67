"""Loss is 0.0000e+00 from the very first batch, accuracy 0.5."""

import keras
from sklearn.datasets import make_moons

X, y = make_moons(1200, noise=0.15, random_state=5)
x_train, x_test = X[:900], X[900:]
y_train, y_test = y[:900].reshape(-1, 1), y[900:]

model = keras.Sequential()
model.add(keras.Input((2,)))
model.add(keras.layers.Dense(32, activation="relu"))
model.add(keras.layers.Dense(1, activation="sigmoid"))
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=15, batch_size=32, verbose=0)
