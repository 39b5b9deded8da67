"""Weights are all around 1e-5 after training and it predicts the most frequent class."""

import keras
from keras import regularizers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

X, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(X / 16.0, y, test_size=0.3, random_state=3)
model = keras.Sequential(
    [
        keras.Input((64,)),
        keras.layers.Dense(64, activation="relu", kernel_regularizer=regularizers.l2(1.0)),
        keras.layers.Dense(10, activation="softmax", kernel_regularizer=regularizers.l2(1.0)),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=15, batch_size=32, validation_split=0.1, verbose=0)
