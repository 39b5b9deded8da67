"""Incompatible shapes (32, 10) and (32, 8): where does the 8 come from?"""

import keras
from sklearn.datasets import load_digits

digits = load_digits()
x_train, y_train = digits.images[:1300] / 16.0, keras.utils.to_categorical(digits.target[:1300])
x_test, y_test = digits.images[1300:] / 16.0, digits.target[1300:]
model = keras.Sequential(
    [
        keras.Input((8, 8)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=10, batch_size=32, verbose=0)
