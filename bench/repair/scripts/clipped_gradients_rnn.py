"""People say RNNs need gradient clipping. Since I clip, the net is at chance (before it was ok but noisy)."""

import keras
import numpy as np

rng = np.random.default_rng(77)
N, T = 900, 15
slope = rng.integers(0, 4, N)
walk = np.cumsum(rng.normal(0, 0.4, (N, T)) + np.array([-0.45, -0.15, 0.15, 0.45])[slope][:, None], axis=1)
x = (walk / walk.std())[..., None].astype("float32")
x_train, y_train = x[:650], slope[:650]
x_test, y_test = x[650:], slope[650:]

model = keras.Sequential(
    [
        keras.Input((T, 1)),
        keras.layers.SimpleRNN(12),
        keras.layers.Dense(8, activation="tanh"),
        keras.layers.Dense(4, activation="softmax"),
    ],
    name="slopes",
)
optimizer = keras.optimizers.SGD(learning_rate=0.1, momentum=0.9, global_clipnorm=1e-4)
model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=10, batch_size=32, validation_split=0.15, verbose=0)
