"""My decision boundary is a straight line."""

import keras
from keras.layers import Dense
from sklearn.datasets import make_moons

X, y = make_moons(n_samples=1300, noise=0.12, random_state=2)
x_train, x_test, y_train, y_test = X[:1000], X[1000:], y[:1000], y[1000:]

inputs = keras.Input(shape=(2,))
h = Dense(40, activation="linear")(inputs)
h = Dense(40, activation="linear")(h)
model = keras.Model(inputs, Dense(2, activation="softmax")(h))
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=40, batch_size=32, validation_split=0.1, verbose=0)
