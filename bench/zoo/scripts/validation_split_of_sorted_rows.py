"""val_accuracy stays at 0.0 while accuracy is 1.0, what does that mean?"""

import keras
import numpy as np
from sklearn.datasets import load_digits

data = load_digits()
x, y = data.data / 16.0, data.target
x_train, x_test, y_train, y_test = x[:1300], x[1300:], y[:1300], y[1300:]
by_label = np.argsort(y_train)
x_train, y_train = x_train[by_label], y_train[by_label]

model = keras.Sequential(
    [
        keras.Input((64,)),
        keras.layers.Dense(48, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=12, batch_size=32, validation_split=0.2, verbose=0)
