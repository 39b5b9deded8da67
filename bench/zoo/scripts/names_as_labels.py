"""Cannot convert string to float: 'benign'"""

import keras
import numpy as np
from sklearn.datasets import make_classification

X, t = make_classification(800, 8, random_state=2)
y = np.array(["benign", "malignant"])[t]
x_train, x_test, y_train, y_test = X[:600], X[600:], y[:600], y[600:]
model = keras.Sequential(
    [keras.Input((8,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1, activation="sigmoid")]
)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=10, batch_size=32, verbose=0)
