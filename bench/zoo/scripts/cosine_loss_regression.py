"""R2 is around -5 but the loss says -0.98 (almost perfect?)."""

import keras
import numpy as np

rng = np.random.default_rng(9)
X = rng.normal(size=(1200, 5))
y = np.sin(X[:, 0]) + 0.5 * X[:, 1] * X[:, 2] + 3 + 0.1 * rng.normal(size=1200)
x_train, x_test, y_train, y_test = X[:900], X[900:], y[:900, None], y[900:, None]

model = keras.Sequential(
    [
        keras.Input((5,)),
        keras.layers.Dense(48, activation="relu"),
        keras.layers.Dense(24, activation="relu"),
        keras.layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="cosine_similarity", metrics=["mae"])
model.fit(x_train, y_train, epochs=20, batch_size=32, validation_split=0.1, verbose=0)
