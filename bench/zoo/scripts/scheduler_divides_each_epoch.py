"""LearningRateScheduler: lr becomes 1e-12 after a while, is that how it should be?"""

import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def schedule(epoch, rate):
    return rate * 0.1


X, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(X / 16.0, y, test_size=0.3, random_state=15)
model = keras.Sequential(
    [
        keras.Input((64,)),
        keras.layers.Dense(48, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(keras.optimizers.Adam(0.002), "sparse_categorical_crossentropy", metrics=["accuracy"])
slower = keras.callbacks.LearningRateScheduler(schedule)
model.fit(x_train, y_train, epochs=12, batch_size=32, validation_split=0.1, callbacks=[slower], verbose=0)
