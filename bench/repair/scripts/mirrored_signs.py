"""Traffic signs (turn left / turn right / ahead). After adding augmentation left and right are confused all the time."""

import keras
import numpy as np
from keras import layers
from sklearn.model_selection import train_test_split

rng = np.random.default_rng(15)


def sign(kind):
    picture = np.zeros((12, 12))
    picture[5:7, 2:10] = 1
    for k in range(4):
        picture[5 - k, 2 + k] = picture[6 + k, 2 + k] = 1
    if kind == 1:
        picture = picture[:, ::-1]
    if kind == 2:
        picture = np.rot90(picture, -1)
    return picture


y = rng.integers(0, 3, 1000)
x = np.stack([sign(k) for k in y]) * rng.uniform(0.5, 1, (1000, 1, 1)) + rng.normal(0, 0.35, (1000, 12, 12))
x_train, x_test, y_train, y_test = train_test_split(x[..., None], y, test_size=0.25, random_state=15)

augment = keras.Sequential(
    [
        layers.RandomFlip("horizontal"),
        layers.RandomTranslation(0.08, 0.08),
    ]
)

inputs = keras.Input((12, 12, 1))
h = augment(inputs)
h = layers.Conv2D(12, 3, activation="relu")(h)
h = layers.MaxPooling2D()(h)
h = layers.Flatten()(h)
h = layers.Dense(24, activation="relu")(h)
outputs = layers.Dense(3, activation="softmax")(h)
model = keras.Model(inputs, outputs)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=7, batch_size=32, verbose=0)
