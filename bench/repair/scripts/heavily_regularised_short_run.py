"""Model is underfitting: train acc 0.3, val acc 0.45 (validation better than training!?). 8 classes of leaf shapes."""

import keras
import numpy as np
from keras import layers
from sklearn.model_selection import train_test_split


def leaves(n, seed):
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 8, n)
    angle = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    lobes = 2 + kind % 4
    depth = np.where(kind < 4, 0.25, 0.6)
    shift = rng.uniform(-0.3, 0.3, n)
    outline = 1 + depth[:, None] * np.cos(lobes[:, None] * (angle + shift[:, None]))
    return outline + rng.normal(0, 0.15, (n, 32)), kind


x, y = leaves(1600, 4)
x = x - 1
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, random_state=4)


def dense_block(units):
    return [layers.Dense(units, activation="relu"), layers.Dropout(0.8)]


model = keras.Sequential(
    [layers.Input((32,)), *dense_block(64), *dense_block(64), *dense_block(32), layers.Dense(8, activation="softmax")]
)
model.compile(optimizer=keras.optimizers.Adam(0.002), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
h = model.fit(x_train, y_train, epochs=3, batch_size=32, validation_split=0.1, verbose=0)
print("train", h.history["accuracy"][-1], "val", h.history["val_accuracy"][-1])
