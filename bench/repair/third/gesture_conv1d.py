"""Gestures from a 3-axis accelerometer (circle left/right in two planes), Conv1D.
The recorder gives arrays of shape (samples, 3 axes, 60 steps), Conv1D wants
(samples, steps, channels). It trains without errors but accuracy never gets above 60 %."""
import numpy as np
import keras
from keras import layers

STEPS = 60


def record(n, seed):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, n)
    signal = rng.normal(0, 0.25, (n, 3, STEPS))
    t = np.arange(STEPS)
    for i, lab in enumerate(labels):
        w = 2 * np.pi / rng.uniform(14, 22)
        phase = rng.uniform(0, 2 * np.pi)
        turn = 1 if lab % 2 == 0 else -1
        first, second = (0, 1) if lab < 2 else (1, 2)
        signal[i, first] += np.cos(w * t + phase)
        signal[i, second] += turn * np.sin(w * t + phase)
    return signal.astype("float32"), labels


def to_channels_last(signal):
    n, axes, steps = signal.shape
    return signal.reshape(n, steps, axes)


raw_train, y_train = record(700, seed=10)
raw_test, y_test = record(300, seed=20)
x_train = to_channels_last(raw_train)
x_test = to_channels_last(raw_test)

inputs = keras.Input((STEPS, 3))
x = layers.Conv1D(16, 7, activation="relu")(inputs)
x = layers.Conv1D(32, 5, activation="relu")(x)
x = layers.GlobalAveragePooling1D()(x)
x = layers.Dense(32, activation="relu")(x)
outputs = layers.Dense(4, activation="softmax")(x)
model = keras.Model(inputs, outputs)

model.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=12, batch_size=32, validation_data=(x_test, y_test), verbose=0)
print(dict(zip(model.metrics_names, model.evaluate(x_test, y_test, verbose=0))))
