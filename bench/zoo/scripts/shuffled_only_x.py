"""I shuffle the data before splitting because the file is sorted. Accuracy is at chance."""

import keras
import numpy as np
from sklearn.datasets import load_wine
from sklearn.preprocessing import StandardScaler

X, y = load_wine(return_X_y=True)
X = StandardScaler().fit_transform(X)
order = np.random.RandomState(8).permutation(len(X))
clean_x, clean_y = X[order][120:], y[order][120:]
X = X[order]
y = y

x_train, y_train = X[:120], y[:120]
x_test, y_test = clean_x, clean_y
model = keras.Sequential(
    [
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(3, activation="softmax"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=30, batch_size=16, verbose=0)
