"""Coloured balls from a MATLAB .mat file. X has the shape (12, 12, 3, n) there, Keras wants (n, 12, 12, 3).

After the reshape fit() runs without an error but the CNN is not better than guessing.
"""
import keras
import numpy as np
from keras.layers import Conv2D, Dense, GlobalMaxPooling2D, Input, MaxPooling2D


def loadmat(n, seed):
    """Stands for scipy.io.loadmat: rows, columns, colours, pictures."""
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 5, n)  # red, yellow, green, cyan, blue
    colours = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1]])
    X = rng.uniform(0, 0.6, (12, 12, 3, n))
    rows, cols = np.mgrid[0:12, 0:12]
    for i, k in enumerate(label):
        r, c = rng.uniform(3, 9, 2)
        ball = (rows - r) ** 2 + (cols - c) ** 2 < rng.uniform(3, 7)
        X[:, :, :, i] += 0.5 * ball[:, :, None] * colours[k]
    return {"X": X, "y": label[:, None] + 1}


def prepare(mat):
    x = mat["X"]
    x = x.reshape(x.shape[3], 12, 12, 3)
    return x.astype("float32"), mat["y"].ravel() - 1


x_train, y_train = prepare(loadmat(1000, 1))
x_test, y_test = prepare(loadmat(300, 2))

model = keras.Sequential()
model.add(Input((12, 12, 3)))
model.add(Conv2D(16, (3, 3), padding="same", activation="relu"))
model.add(MaxPooling2D((2, 2)))
model.add(Conv2D(24, (3, 3), padding="same", activation="relu"))
model.add(GlobalMaxPooling2D())
model.add(Dense(5, activation="softmax"))
model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.005), metrics=["acc"])
model.fit(x_train, y_train, epochs=10, batch_size=50, verbose=0)
print(model.evaluate(x_test, y_test, verbose=0))
