"""Batch size as large as possible for speed. 10 epochs, accuracy at chance."""

import keras
from sklearn.datasets import make_blobs

X, y = make_blobs(1500, 10, centers=6, cluster_std=4.0, random_state=17)
X = (X - X.mean(0)) / X.std(0)
x_train, x_test, y_train, y_test = X[:1000], X[1000:], y[:1000], y[1000:]
model = keras.Sequential(
    [
        keras.Input((10,)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(6, activation="softmax"),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=10, batch_size=1000, verbose=0)
