"""VGG style network for 16x16 thumbnails: "Computed output size would be negative" / "negative dimension size"."""

import keras
import numpy as np
from keras.layers import Conv2D, Dense, Flatten, Input, MaxPooling2D

rng = np.random.default_rng(6)
N = 900
y = rng.integers(0, 3, N)
rows, cols = np.mgrid[0:16, 0:16]
angle = np.array([0.0, np.pi / 3, 2 * np.pi / 3])[y][:, None, None]
wave = np.sin(0.9 * (rows * np.cos(angle) + cols * np.sin(angle)) + rng.uniform(0, 6.28, (N, 1, 1)))
x = (wave + rng.normal(0, 0.7, wave.shape))[..., None]

x_train, y_train = x[:650], y[:650]
x_test, y_test = x[650:], y[650:]


def vgg(blocks, filters=8):
    model = keras.Sequential([Input((16, 16, 1))])
    for i in range(blocks):
        model.add(Conv2D(filters * (i + 1), 3, padding="same", activation="relu"))
        model.add(MaxPooling2D(2))
    model.add(Flatten())
    model.add(Dense(24, activation="relu"))
    model.add(Dense(3, activation="softmax"))
    return model


model = vgg(blocks=5)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=7, batch_size=32, verbose=0)
print(model.evaluate(x_test, y_test, verbose=0))
