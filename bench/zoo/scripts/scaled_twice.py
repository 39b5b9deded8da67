"""I normalise in the loader and then again before training, it should not matter, but nothing is learned."""

import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def load():
    data = load_digits()
    return data.data / 255.0, data.target


X, y = load()
X = X / 255.0
x_train, x_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=3)
model = keras.Sequential(
    [
        keras.layers.Input((64,)),
        keras.layers.Dense(48, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
model.fit(x_train, y_train, epochs=15, batch_size=32, validation_data=(x_test, y_test), verbose=0)
