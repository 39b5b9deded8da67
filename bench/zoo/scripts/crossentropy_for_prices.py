"""Predicting a standardised price. Loss negative, accuracy 0."""

import keras
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import scale

X, y = load_diabetes(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(scale(X), scale(y), test_size=0.3, random_state=4)
model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=15, batch_size=16, validation_split=0.1, verbose=0)
