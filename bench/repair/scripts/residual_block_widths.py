"""ValueError: Inputs have incompatible shapes. Received shapes (64,) and (32,)   (ResNet for tables)"""

import keras
import numpy as np
from keras import layers
from sklearn.model_selection import train_test_split


def residual(x, units):
    skip = x
    x = layers.Dense(units, activation="relu")(x)
    x = layers.Dense(units)(x)
    x = layers.add([x, skip])
    return layers.Activation("relu")(x)


def build(n_in, widths):
    inputs = layers.Input((n_in,))
    x = layers.Dense(64, activation="relu")(inputs)
    for w in widths:
        x = residual(x, w)
    return keras.Model(inputs, layers.Dense(1)(x))


rng = np.random.default_rng(9)
X = rng.uniform(-1, 1, (1300, 6))
y = X[:, 0] * X[:, 1] * 4 + np.cos(3 * X[:, 2]) + X[:, 3] + rng.normal(0, 0.1, 1300)
y = (y - y.mean()) / y.std()
x_train, x_test, y_train, y_test = train_test_split(X, y, test_size=300, random_state=9)

model = build(6, widths=(64, 32))
model.compile(optimizer="adam", loss="mse", metrics=["mae"])
model.fit(x_train, y_train, epochs=14, batch_size=32, validation_split=0.1, verbose=0)
