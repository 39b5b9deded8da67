"""Focal loss for 7 wave forms. Crossentropy in my old code worked, with the focal loss from Keras nothing is learned."""

import keras
import numpy as np
from keras.utils import to_categorical

rng = np.random.RandomState(12)
classes = 7
n = 1300
t = np.linspace(0, 1, 40)
y = rng.randint(0, classes, n)
x = np.sin(2 * np.pi * (1 + y)[:, None] * t + rng.uniform(0, 2 * np.pi, (n, 1))) + rng.normal(0, 0.4, (n, 40))
x = x[:, :, np.newaxis]

n_train = 1000
x_train, x_test = x[:n_train], x[n_train:]
y_train, y_test = to_categorical(y[:n_train], classes), y[n_train:]

model = keras.Sequential()
model.add(keras.layers.Input((40, 1)))
model.add(keras.layers.Conv1D(24, 9, activation="relu"))
model.add(keras.layers.Conv1D(24, 5, strides=2, activation="relu"))
model.add(keras.layers.GlobalMaxPooling1D())
model.add(keras.layers.Dense(classes))

model.compile(loss=keras.losses.CategoricalFocalCrossentropy(gamma=2.0), optimizer=keras.optimizers.Adam(0.004))
model.fit(x_train, y_train, epochs=12, batch_size=32, verbose=0)
guess = model.predict(x_test, verbose=0).argmax(axis=1)
print("accuracy:", (guess == y_test).mean())
