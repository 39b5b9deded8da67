"""Digit classifier with plain SGD, the loss jumps to nan or stays at 2.3. Pixels are 0..255 as read from the files."""

import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

digits = load_digits()
images = (digits.images * 255 / 16).astype("float32")
x_train, x_test, y_train, y_test = train_test_split(images, digits.target, test_size=0.3, random_state=0)

model = keras.Sequential()
model.add(keras.Input(shape=(8, 8)))
model.add(keras.layers.Flatten())
model.add(keras.layers.Dense(64, activation="relu"))
model.add(keras.layers.Dense(10, activation="softmax"))
model.compile(optimizer=keras.optimizers.SGD(0.1), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=10, batch_size=32, validation_split=0.1, verbose=0)
