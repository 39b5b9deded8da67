"""ValueError: Input 0 of layer "functional" is incompatible with the layer: expected shape=(None, 900, 24, 2)"""
import keras
import numpy as np

rng = np.random.default_rng(10)
n = 1200
gait = rng.integers(0, 3, n)
time = np.arange(24)
speed = np.array([0.3, 0.6, 0.9])[gait][:, None]
phase = rng.uniform(0, 6.28, (n, 1))
series = np.stack([np.sin(speed * time + phase), np.cos(2 * speed * time + phase)], axis=-1)
series = series + rng.normal(0, 0.5, series.shape)

x_train, y_train = series[:900], gait[:900]
x_test, y_test = series[900:], gait[900:]

inputs = keras.Input(shape=x_train.shape)
x = keras.layers.Conv1D(16, 5, activation="relu")(inputs)
x = keras.layers.MaxPooling1D(2)(x)
x = keras.layers.Flatten()(x)
outputs = keras.layers.Dense(3, activation="softmax")(x)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=8, batch_size=32, verbose=0)
print(model.evaluate(x_test, y_test, verbose=0))
