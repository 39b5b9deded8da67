"""ValueError/InvalidArgument about shapes when I call fit. The labels are one-hot as the tutorial says."""

import keras
from sklearn.datasets import load_digits

d = load_digits()
x = d.data / 16.0
y = keras.utils.to_categorical(d.target, 10)
x_train, x_test, y_train, y_test = x[:1300], x[1300:], y[:1300], y[1300:]
model = keras.Sequential([keras.layers.Dense(32, activation="relu"), keras.layers.Dense(10, activation="softmax")])
model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=10, verbose=0)
